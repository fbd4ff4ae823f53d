import Records
import Testing

@testable import Actions

/// `lookup:` in the configuration, and what describe says of it.
@Suite struct LookupTests {
    private static func action(_ fields: String, matchers: String = "{ Email: $.traits.email }")
        -> String
    {
        """
        actions:
          - name: A
            object: Contact
            trigger: type = "identify"
            operation: upsert
            matchers: \(matchers)
            fields:
              \(fields)
        """
    }

    private static let full =
        "AccountId: { lookup: { object: Account, field: External_Id__c, value: $.traits.account, "
        + "missing: skip-field }, write: if-empty, null: ignore }"

    @Test func aLookupIsRead() throws {
        let field = try #require(try actions(Self.action(Self.full)).first?.fields.first)
        #expect(
            field.lookup
                == ActionLookup(object: "Account", field: "External_Id__c", missing: .skipField))
        #expect(field.mapping.source == .object(["@path": .text("$.traits.account")]))
        #expect(field.write == .ifEmpty && field.null == .ignore)
    }

    @Test func aLookupWaitsUnlessItSaysOtherwiseAndMayLeaveTheObjectOut() throws {
        let text = "AccountId: { lookup: { field: Name, value: Acme } }"
        let field = try #require(try actions(Self.action(text)).first?.fields.first)
        #expect(field.lookup == ActionLookup(object: nil, field: "Name", missing: .wait))
    }

    @Test func theNormalFormKeepsALookup() throws {
        for text in [Self.full, "AccountId: { lookup: { field: Name, value: Acme } }"] {
            let set = ActionSet(actions: try actions(Self.action(text)))
            let again = try ActionSet(normalisedJSON: set.normalisedJSON())
            #expect(again == set)
            #expect(again.actions.first?.fields.first?.lookup != nil)
        }
    }

    @Test(arguments: [
        ("AccountId: { lookup: { object: Account, value: x } }", 8, "field is missing"),
        ("AccountId: { lookup: { field: Name } }", 8, "needs a value that finds the parent"),
        ("AccountId: { lookup: { field: A.B, value: x } }", 8, "not a field's API name"),
        ("AccountId: { lookup: { object: A-B, field: Name, value: x } }", 8, "API name"),
        ("AccountId: { lookup: { field: Name, value: x, missing: skip } }", 8, "skip-field, park"),
        ("AccountId: { lookup: { field: Name, valu: x } }", 8, "no key \"valu\""),
        ("AccountId: { lookup: { field: Name, value: x }, value: y }", 8, "brings its own value"),
        ("AccountId: { lookup: Account }", 8, "lookup of AccountId"),
    ])
    func aFaultyLookupHasItsPlace(_ text: String, _ line: Int, _ message: String) {
        do throws(ConfigurationError) {
            _ = try actions(Self.action(text))
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.problems.contains { $0.line == line && $0.message.contains(message) })
        }
    }

    // MARK: Describe

    private static func object(_ name: String, _ fields: [FieldDescription]) -> ObjectDescription {
        ObjectDescription(
            name: name, keyPrefix: nil, isCreateable: true, isUpdateable: true, isDeletable: true,
            isQueryable: true, fields: fields)
    }

    private static func reference(
        _ name: String, _ objects: [String], _ relationship: String
    ) -> FieldDescription {
        FieldDescription(
            name: name, type: .reference, referenceTo: objects, relationshipName: relationship)
    }

    private static let contact = object(
        "Contact",
        [
            FieldDescription(name: "Email", type: .email, length: 80),
            FieldDescription(name: "LastName", type: .string, length: 80),
            reference("AccountId", ["Account"], "Account"),
            reference("OwnerId", ["Group", "User"], "Owner"),
        ])
    private static let account = object(
        "Account",
        [
            FieldDescription(name: "Name", type: .string, length: 80),
            FieldDescription(
                name: "External_Id__c", type: .string, length: 40, isExternalID: true,
                isUnique: true),
            FieldDescription(
                name: "Description", type: .textarea, length: 32_000, isFilterable: false),
            reference("ParentId", ["Account"], "Parent"),
        ])

    private static func check(
        _ fields: String, matchers: String = "{ Email: $.traits.email }",
        _ descriptions: [String: ObjectDescription?] = ["Contact": contact, "Account": account]
    ) throws -> DescriptionCheck {
        let yaml =
            action(fields, matchers: matchers)
            + "\nsalesforce:\n  loginUrl: http://127.0.0.1:1\n  auth: "
            + "{ flow: client-credentials, clientId: a, clientSecret: b }\n"
        let configuration = try Configuration.parse(
            yaml: yaml, file: "tidemark.yaml", environment: [:])
        return DescriptionCheck(
            configuration, yaml: yaml, objects: DescribedObjects(descriptions))
    }

    @Test func aLookupByAUniqueFieldIsInOrder() throws {
        let check = try Self.check(Self.full)
        #expect(check.problems == [])
        #expect(!check.warnings.contains { $0.message.contains("looks for") })
        let byName = try Self.check("AccountId: { lookup: { field: name, value: x } }")
        #expect(byName.problems == [])
        #expect(
            byName.warnings.contains { $0.message.contains("Account.Name, which is not unique") })
    }

    @Test(arguments: [
        ("LastName: { lookup: { field: Name, value: x } }", "is of type string, not a reference"),
        ("OwnerId: { lookup: { field: Name, value: x } }", "Group, User; name one"),
        (
            "AccountId: { lookup: { object: Lead, field: Name, value: x } }",
            "does not refer to Lead"
        ),
        ("AccountId: { lookup: { field: Nam, value: x } }", "Account.Nam, which does not exist"),
        ("AccountId: { lookup: { field: Description, value: x } }", "cannot be filtered"),
    ])
    func aLookupThatCannotWorkIsAProblemWithItsPlace(_ text: String, _ message: String) throws {
        let problems = try Self.check(text).problems
        #expect(problems.count == 1 && problems.first?.message.contains(message) == true)
        #expect(problems.first?.line == 8 && problems.first?.column == 7)
    }

    @Test func aParentThatSalesforceHasNotIsAProblemAndOneThatWasNotAskedForIsNone() throws {
        let unknown = try Self.check(Self.full, ["Contact": Self.contact, "Account": nil])
        #expect(unknown.problems.first?.message.contains("refers to Account, which") == true)
        #expect(try Self.check(Self.full, ["Contact": Self.contact]).problems == [])
    }

    @Test(arguments: [
        ("Account.Parent.External_Id__c", nil),
        ("Account.Description", "cannot be filtered"),
        ("Account.Nothing__c", "Account has no field Nothing__c"),
        ("Nobody.Name", "Contact has no relationship Nobody"),
        ("Owner.Name", "may refer to several objects"),
    ])
    func aPathIsCheckedStepByStep(_ path: String, _ problem: String?) throws {
        let check = try Self.check("LastName: x", matchers: "{ \(path): $.traits.account }")
        #expect(check.problems.count == (problem == nil ? 0 : 1))
        if let problem { #expect(check.problems.first?.message.contains(problem) == true) }
        #expect(check.problems.first?.line ?? 6 == 6)
        #expect(
            check.warnings.contains { $0.message.contains("never written") } == (problem == nil))
    }

    // MARK: What has to be described

    @Test func whatIsNeededIsFoundStepByStep() throws {
        let rules = try actions(
            Self.action(
                "AccountId: { lookup: { field: External_Id__c, value: x } }",
                matchers: "{ Account.Parent.Name: x }"))
        let blind = DescriptionNeeds(rules) { _ in nil }
        #expect(blind.objects == ["Contact"])
        let half = DescriptionNeeds(rules) { $0 == "Contact" ? Self.contact : nil }
        #expect(half.objects == ["Account", "Contact"])
        let all = DescriptionNeeds(rules) { $0 == "Contact" ? Self.contact : Self.account }
        #expect(all.objects == ["Account", "Contact"])
        #expect(all.fields(of: "account") == ["external_id__c", "name", "parentid"])
        #expect(all.fields(of: "Contact") == ["accountid"])
        #expect(all.parents == ["contact": ["account"]])
        #expect(all.lookupFields(of: "Account") == ["external_id__c"])
    }

    @Test func aPathStandsInTheChildsDescription() throws {
        let rules = try actions(
            Self.action("LastName: x", matchers: "{ Account.External_Id__c: x, Nobody.Name: y }"))
        let described = Self.contact.withPaths(of: rules) {
            $0 == "Contact" ? Self.contact : Self.account
        }
        #expect(described.field("account.external_id__c")?.isCreateable == false)
        #expect(described.field("Nobody.Name") == nil)
    }
}

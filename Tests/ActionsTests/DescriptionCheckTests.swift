import Records
import Testing

@testable import Actions

/// The whole configuration against describe: every kind of finding, with its place.
@Suite struct DescriptionCheckTests {
    /// One action with something to find, on lines of its own.
    struct Row: Sendable, CustomTestStringConvertible {
        let title: String
        var object = "Contact"
        var operation = "upsert"
        var matchers = "{ Ext__c: $.userId }"
        /// Line 9; line 8 maps what a contact requires.
        var field = "FirstName: $.traits.first"
        /// Line and column of the finding.
        let line: Int
        let column: Int
        var isWarning = false
        /// Part of the message; empty when there must be no finding at all.
        let message: String
        var suggestion: String?

        var testDescription: String { title }

        var yaml: String {
            let matched = operation == "create" ? "" : "matchers: \(matchers)"
            let fields =
                operation == "delete"
                ? "" : "fields:\n      LastName: $.traits.last\n      \(field)"
            return """
                actions:
                  - name: A
                    object: \(object)
                    trigger: type = "identify"
                    operation: \(operation)
                    \(matched)
                    \(fields)
                """
        }
    }

    static let contact = ObjectDescription(
        name: "Contact", keyPrefix: "003", isCreateable: true, isUpdateable: true,
        isDeletable: false, isQueryable: true,
        fields: [
            FieldDescription(
                name: "Id", type: .id, isNillable: false, isCreateable: false, isUpdateable: false,
                isUnique: true),
            FieldDescription(name: "LastName", type: .string, length: 80, isNillable: false),
            FieldDescription(name: "FirstName", type: .string, length: 5),
            FieldDescription(name: "Email", type: .email, length: 80),
            FieldDescription(
                name: "Ext__c", type: .string, length: 40, isExternalID: true, isUnique: true),
            FieldDescription(name: "Score__c", type: .double, precision: 5, scale: 2),
            FieldDescription(
                name: "Active__c", type: .boolean, isNillable: false, isDefaultedOnCreate: true),
            FieldDescription(name: "Born__c", type: .date),
            FieldDescription(
                name: "Plan__c", type: .picklist, isRestrictedPicklist: true,
                picklistValues: ["Free", "Basic", "Gold", "Platinum", "Trial", "Internal"]),
            FieldDescription(
                name: "Tags__c", type: .multipicklist, isRestrictedPicklist: true,
                picklistValues: ["red", "green"]),
            FieldDescription(
                name: "LeadSource", type: .picklist, picklistValues: ["Web", "Phone"]),
            FieldDescription(name: "Notes__c", type: .textarea, isFilterable: false),
            FieldDescription(
                name: "Total__c", type: .double, isCreateable: false, isUpdateable: false,
                isCalculated: true),
            FieldDescription(name: "Once__c", type: .string, isUpdateable: false),
            FieldDescription(
                name: "Number__c", type: .string, isCreateable: false, isUpdateable: false,
                isUnique: true, isAutoNumber: true),
            FieldDescription(
                name: "MailingAddress", type: .address, isCreateable: false, isUpdateable: false),
            FieldDescription(
                name: "AccountId", type: .reference, referenceTo: ["Account"],
                relationshipName: "Account"),
        ])
    static let account = ObjectDescription(
        name: "Account", keyPrefix: "001", isCreateable: true, isUpdateable: true,
        isDeletable: true, isQueryable: true,
        fields: [
            FieldDescription(name: "Name", type: .string, length: 80, isNillable: false),
            FieldDescription(
                name: "Ext__c", type: .string, length: 4, isExternalID: true, isUnique: true),
        ])

    static let rows: [Row] = [
        Row(
            title: "an unknown object", object: "Contcat", line: 3, column: 13,
            message: "has no object Contcat", suggestion: "Contact"),
        Row(
            title: "a right that is missing", operation: "delete", line: 5, column: 16,
            message: "may not delete Contact"),
        Row(
            title: "an unknown matcher", matchers: "{ Emial: $.traits.email }", line: 6,
            column: 17, message: "no field Emial", suggestion: "Email"),
        Row(
            title: "a matcher that no query can use", matchers: "{ Notes__c: $.userId }", line: 6,
            column: 17, message: "cannot be filtered"),
        Row(
            title: "a matcher that is not unique", matchers: "{ Email: $.traits.email }", line: 6,
            column: 17, isWarning: true, message: "Contact.Email is not unique"),
        Row(
            title: "a matcher that no new record carries", matchers: "{ Number__c: $.userId }",
            line: 6, column: 17, isWarning: true, message: "cannot be set when a record"),
        Row(
            title: "a matcher that never matches", operation: "update",
            matchers: "{ Ext__c: $.userId, Born__c: never }", line: 6, column: 35,
            message: "Born__c is of type date and cannot be \"never\""),
        Row(
            title: "an unknown field", field: "FrstName: $.traits.first", line: 9, column: 7,
            message: "no field FrstName", suggestion: "FirstName"),
        Row(
            title: "a calculated field", field: "Total__c: $.traits.n", line: 9, column: 7,
            message: "it is calculated"),
        Row(
            title: "an autonumber", field: "Number__c: $.traits.n", line: 9, column: 7,
            message: "numbers it itself"),
        Row(
            title: "a compound field", field: "MailingAddress: $.traits.address", line: 9,
            column: 7, message: "made of other fields"),
        Row(
            title: "a field that only a create may set", field: "Once__c: $.traits.n", line: 9,
            column: 7, message: "cannot be changed"),
        Row(
            title: "the same when only a create sets it",
            field: "Once__c: { value: $.traits.n, write: on-create }", line: 0, column: 0,
            message: ""),
        Row(
            title: "a text for a number", field: "Score__c: many", line: 9, column: 7,
            message: "type double and cannot be \"many\": not a decimal number"),
        Row(
            title: "a number as a text", field: "Score__c: \"12\"", line: 0, column: 0, message: ""
        ),
        Row(
            title: "a number that is too large", field: "Score__c: 12345", line: 9, column: 7,
            message: "5 digits before the decimal point"),
        Row(
            title: "a word for a checkbox", field: "Active__c: perhaps", line: 9, column: 7,
            message: "type boolean and cannot be \"perhaps\""),
        Row(
            title: "a text that is too long", field: "FirstName: { \"@literal\": Ferdinand }",
            line: 9, column: 7, message: "9 characters, and the field holds 5"),
        Row(
            title: "the same from a template without variables",
            field: "FirstName: { \"@template\": Ferdinand }", line: 9, column: 7,
            message: "9 characters"),
        Row(
            title: "the same from a case and a condition",
            field: "FirstName: { \"@case\": { operator: upper, value: { \"@if\": "
                + "{ exists: $.traits.a, then: $.traits.a, else: Ferdinand } } } }",
            line: 9, column: 7, message: "cannot be \"FERDINAND\""),
        Row(
            title: "a template that an event fills",
            field: "FirstName: { \"@template\": \"{{ traits.first }} and Ferdinand\" }",
            line: 0, column: 0, message: ""),
        Row(
            title: "a value that a restricted picklist has not", field: "Plan__c: gould", line: 9,
            column: 7,
            message: "does not take \"gould\"; it takes \"Gold\", ",
            suggestion: "Gold"),
        Row(
            title: "the same in capitals", field: "Plan__c: GOLD", line: 0, column: 0,
            message: ""),
        Row(
            title: "one choice of several that is none", field: "Tags__c: [red, blue]", line: 9,
            column: 7, message: "does not take \"blue\"; it takes \"red\", \"green\""),
        Row(
            title: "a value that an open picklist does not define", field: "LeadSource: Wbe",
            line: 9, column: 7, isWarning: true, message: "does not define \"Wbe\"",
            suggestion: "Web"),
        Row(
            title: "a list for a single value", field: "FirstName: [$.traits.a, $.traits.b]",
            line: 9, column: 7, message: "takes no list"),
        Row(
            title: "a group for a single value",
            field: "FirstName: { \"@merge\": "
                + "{ direction: left, objects: [$.traits] } }", line: 9, column: 7,
            message: "takes no group of values"),
        Row(
            title: "an unknown field of a parent",
            field: "AccountId: { lookup: { field: Exxt__c, value: $.groupId } }", line: 9,
            column: 7, message: "looks for Account.Exxt__c", suggestion: "Ext__c"),
        Row(
            title: "a parent of another object",
            field: "AccountId: { lookup: { object: Acount, field: Ext__c, value: $.groupId } }",
            line: 9, column: 7, message: "does not refer to Acount", suggestion: "Account"),
        Row(
            title: "a constant that no parent can have",
            field: "AccountId: { lookup: { field: Ext__c, value: Acme Corp } }", line: 9,
            column: 7, message: "Account.Ext__c is of type string and cannot be \"Acme Corp\""),
        Row(
            title: "a path over an unknown relationship", matchers: "{ Acount.Ext__c: $.groupId }",
            line: 6, column: 17, message: "no relationship Acount", suggestion: "Account"),
        Row(title: "nothing", line: 0, column: 0, message: ""),
    ]

    static func check(
        _ yaml: String, _ objects: DescribedObjects? = nil
    ) throws -> DescriptionCheck {
        let text =
            yaml + "\nsalesforce:\n  loginUrl: http://127.0.0.1:1\n  auth: "
            + "{ flow: client-credentials, clientId: a, clientSecret: b }\n"
        let configuration = try Configuration.parse(
            yaml: text, file: "tidemark.yaml", environment: [:])
        return DescriptionCheck(
            configuration, yaml: text,
            objects: objects
                ?? DescribedObjects(
                    ["Contact": contact, "Account": account, "Contcat": nil],
                    names: ["Account", "Contact", "ContactHistory"]))
    }

    @Test(arguments: rows)
    func aFindingIsToldWithItsPlaceAndWhatWasMeant(_ row: Row) throws {
        let check = try Self.check(row.yaml)
        guard !row.message.isEmpty else {
            #expect(check.problems == [] && check.warnings == [])
            return
        }
        let found = row.isWarning ? check.warnings : check.problems
        let finding = try #require(found.first, "\(check.warnings)")
        #expect(finding.message.contains(row.message), "\(finding)")
        #expect(finding.line == row.line && finding.column == row.column, "\(finding)")
        #expect(finding.suggestion == row.suggestion, "\(finding)")
        #expect(check.problems.count == (row.isWarning ? 0 : 1), "\(check.problems)")
    }

    @Test func nullForWhatMustNotBeEmptyIsAProblem() throws {
        let yaml = Row(title: "", line: 0, column: 0, message: "").yaml
            .replacing("LastName: $.traits.last", with: "LastName: null")
        #expect(try Self.check(yaml).problems.first?.message.contains("cannot be empty") == true)
        let ignored = yaml.replacing(
            "LastName: null", with: "LastName: { value: null, null: ignore }")
        #expect(try Self.check(ignored).problems == [])
    }

    private static func actions(_ second: String, operation: String = "upsert") -> String {
        """
        actions:
          - name: One
            object: Contact
            trigger: type = "identify"
            operation: \(operation)
            \(operation == "create" ? "" : "matchers: { Ext__c: $.userId }")
            fields: { FirstName: $.traits.first }
          - name: Two
            object: Contact
            trigger: type = "track"
            operation: upsert
            matchers: { \(second): $.userId }
            fields: { LastName: $.traits.last }
        """
    }

    /// Actions with a matcher in common fold into the same records.
    @Test func whatAnotherActionBringsIsNotMissing() throws {
        let shared = try Self.check(Self.actions("Ext__c"))
        #expect(shared.problems == [])
        #expect(shared.warnings.map(\.line) == [7])
        #expect(shared.warnings.first?.message.contains("only another action maps") == true)
        for check in [
            try Self.check(Self.actions("Email")),
            try Self.check(Self.actions("Ext__c", operation: "create")),
        ] {
            #expect(check.problems.count == 1)
            #expect(check.problems.first?.message.contains("requires LastName") == true)
            #expect(check.problems.first?.line == 7)
        }
    }

    @Test func whatOnlyAnIdNamesIsNeverCreatedAndRequiresNothing() throws {
        let yaml = Self.actions("Ext__c").replacing("Ext__c: $.userId", with: "Id: $.userId")
        #expect(try Self.check(yaml).problems == [])
    }

    @Test func aDescriptionThatIsNotWholeProvesOnlyWhatWasAskedFor() throws {
        let part = ObjectDescription(
            name: "Contact", keyPrefix: "003", isCreateable: true, isUpdateable: true,
            isDeletable: false, isQueryable: true,
            fields: Self.contact.fields.filter { ["LastName", "Ext__c"].contains($0.name) })
        let objects = DescribedObjects(
            ["Contact": part], kept: ["Contact": ["lastname", "ext__c", "gone__c"]])
        let yaml = Row(
            title: "", field: "Gone__c: x\n      LastNam: y", line: 0, column: 0, message: ""
        ).yaml
        let check = try Self.check(yaml, objects)
        #expect(check.problems.map(\.line) == [9])
        #expect(check.warnings.map(\.line) == [10])
        #expect(check.warnings.first?.suggestion == "LastName")
        let other = yaml.replacing("object: Contact", with: "object: Contract")
        let blind = try Self.check(other, objects)
        #expect(blind.problems == [])
        #expect(blind.warnings.first?.message.contains("was never described") == true)
        #expect(blind.warnings.first?.suggestion == "Contact")
    }

    @Test(arguments: [
        (#""x""#, ["x"], false), (#""$.traits.a""#, [], true),
        (#"{"@if":{"exists":"$.userId","then":"a","else":"b"}}"#, ["a", "b"], false),
        (
            #"{"@replace":{"pattern":"a","replacement":"b","value":{"@literal":"aa"}}}"#, ["bb"],
            false
        ),
        (#"{"@transform":{"apply":{"x":"$.traits"},"mapping":"$.x"}}"#, [], true),
        (#"{"@liquid":"{{ 'a' | upcase }}"}"#, ["A"], false),
        (#"{"@liquid":"{{ traits.a | upcase }}"}"#, [], true),
        (#"{"@json":{"mode":"encode","value":"$.traits"}}"#, [], true),
    ])
    func whatAMappingCanGiveIsKnownBeforeThereIsAnEvent(
        _ json: String, _ constants: [String], _ isOpen: Bool
    ) throws {
        let range = try mapping(json).range
        #expect(range.constants == constants.map(FieldValue.text))
        #expect(range.isOpen == isOpen)
    }
}

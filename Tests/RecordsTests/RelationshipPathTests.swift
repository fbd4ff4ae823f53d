import Records
import Testing

@Suite struct RelationshipPathTests {
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

    private static let objects = [
        "contact": object(
            "Contact",
            [
                reference("AccountId", ["Account"], "Account"),
                reference("OwnerId", ["Group", "User"], "Owner"),
                reference("Site__c", ["Site__c"], "Site__r"),
            ]),
        "account": object(
            "Account",
            [
                reference("ParentId", ["Account"], "Parent"),
                FieldDescription(
                    name: "External_Id__c", type: .string, length: 40, isExternalID: true,
                    isUnique: true, isIDLookup: true, isCaseSensitive: true),
            ]),
    ]

    private func path(_ text: String) -> Result<RelationshipPath, RelationshipPath.Fault> {
        do throws(RelationshipPath.Fault) {
            return .success(
                try RelationshipPath(text, from: "Contact") { Self.objects[$0.lowercased()] })
        } catch {
            return .failure(error)
        }
    }

    @Test func aPathEndsInTheParentsField() throws {
        let found = try path("account.PARENT.external_id__c").get()
        #expect(found.object == "Account" && found.end.name == "External_Id__c")
        #expect(
            found.steps.map { "\($0.object).\($0.field)" } == [
                "Contact.AccountId", "Account.ParentId",
            ])
    }

    @Test func theEndIsReadAndNeverWritten() throws {
        let field = try path("Account.External_Id__c").get().described(as: "Account.External_Id__c")
        #expect(field.name == "Account.External_Id__c" && field.isFilterable)
        #expect(!field.isCreateable && !field.isUpdateable && !field.isUniqueExternalID)
        #expect(!field.isRequiredOnCreate)
        // Compared as the parent's field is: this one minds the case.
        #expect(field.matchForm(.text("Acme")) == "Acme")
    }

    @Test(arguments: [
        ("Nothing.Name", RelationshipPath.Fault.noRelationship("Nothing", on: "Contact")),
        ("Owner.Name", .severalObjects("OwnerId", on: "Contact")),
        ("Site__r.Name", .undescribed("Site__c")),
        ("Account.Nothing__c", .noField("Nothing__c", on: "Account")),
    ])
    func aPathThatLeadsNowhereSaysWhere(_ text: String, _ fault: RelationshipPath.Fault) {
        #expect(path(text) == .failure(fault))
    }

    @Test func placesAreComparedByteByByte() {
        func place(_ form: String) -> ParentPlace {
            ParentPlace(MatcherKey(object: "Account", terms: [.init(field: "Name", form: form)]))
        }
        #expect(place("caf\u{e9}") != place("cafe\u{301}"))
        #expect(Set([place("a"), place("a"), place("b")]).count == 2)
    }
}

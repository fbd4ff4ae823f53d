import Foundation
import Records
import Testing

@Suite struct ObjectDescriptionTests {
    static let contact = ObjectDescription(
        name: "Contact", keyPrefix: "003", isCreateable: true, isUpdateable: true,
        isDeletable: true, isQueryable: true,
        fields: [
            FieldDescription(name: "LastName", type: .string, length: 80, isNillable: false),
            FieldDescription(name: "Email", type: .email, length: 80),
            FieldDescription(
                name: "HasOptedOutOfEmail", type: .boolean, isNillable: false,
                isDefaultedOnCreate: true),
            FieldDescription(
                name: "CreatedDate", type: .datetime, isNillable: false, isCreateable: false,
                isUpdateable: false),
        ])

    @Test func fieldsAreFoundWhateverTheCaseOfTheirName() {
        #expect(Self.contact.fields.map(\.name).sorted() == Self.contact.fields.map(\.name))
        for name in ["Email", "email", "EMAIL"] {
            #expect(Self.contact.field(name)?.name == "Email")
        }
        #expect(Self.contact.field("Emai") == nil)
    }

    @Test func onlyWhatAUserMustGiveIsRequiredOnCreate() {
        #expect(Self.contact.fields.filter(\.isRequiredOnCreate).map(\.name) == ["LastName"])
    }

    @Test func aDescriptionReadsBackInOrderWhoeverWroteIt() throws {
        let encoded = try JSONEncoder().encode(Self.contact)
        #expect(try JSONDecoder().decode(ObjectDescription.self, from: encoded) == Self.contact)
        var parts = try #require(
            try JSONSerialization.jsonObject(with: encoded) as? [String: Any])
        let fields = try #require(parts["fields"] as? [Any])
        parts["fields"] = Array(fields.reversed())
        let shuffled = try JSONSerialization.data(withJSONObject: parts)
        #expect(try JSONDecoder().decode(ObjectDescription.self, from: shuffled) == Self.contact)
    }

    @Test func aTypeOfANewerVersionReadsAsAnyType() throws {
        let types = try JSONDecoder().decode(
            [FieldType].self, from: Data(#"["encryptedstring","hologram"]"#.utf8))
        #expect(types == [.encryptedString, .anyType])
    }
}

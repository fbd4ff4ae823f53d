import Records
import Testing

@testable import Salesforce

struct DescribeAnswerTests {
    private func description(_ body: String) throws -> ObjectDescription {
        try ObjectDescription(describeAnswer: ExactJSON.parse(Array(body.utf8)))
    }

    @Test func everyMemberIsTakenOver() throws {
        let description = try description(
            """
            {"name":"Plan__c","keyPrefix":"a01","createable":true,"updateable":true,"deletable":false,
            "queryable":true,"fields":[
            {"name":"Tags__c","label":"Tags","type":"multipicklist","length":4099,"byteLength":12297,
            "precision":0,"scale":0,"digits":0,"nillable":true,"createable":true,"updateable":true,
            "filterable":true,"externalId":false,"unique":false,"idLookup":false,"caseSensitive":false,
            "calculated":false,"autoNumber":false,"defaultedOnCreate":false,"htmlFormatted":false,
            "restrictedPicklist":true,"picklistValues":[
            {"active":true,"defaultValue":false,"label":"Pay","validFor":null,"value":"pay"},
            {"active":false,"defaultValue":false,"label":"Old","validFor":null,"value":"old"},
            {"active":true,"defaultValue":false,"label":"Charge","validFor":null,"value":"charge"}],
            "referenceTo":[],"relationshipName":null},
            {"name":"Account__c","label":"Account","type":"reference","length":18,"filterable":true,
            "nillable":true,"referenceTo":["Account"],"relationshipName":"Account__r"},
            {"name":"Key__c","label":"Key","type":"string","length":40,"externalId":true,"unique":true,
            "idLookup":true,"caseSensitive":true,"createable":true,"updateable":true,"filterable":true},
            {"name":"Amount__c","label":"Amount","type":"currency","precision":18,"scale":2},
            {"name":"New__c","label":"New","type":"hologram"}]}
            """)
        #expect(description.name == "Plan__c")
        #expect(description.keyPrefix == "a01")
        #expect(description.isCreateable && description.isUpdateable && description.isQueryable)
        #expect(!description.isDeletable)
        let tags = FieldDescription(
            name: "Tags__c", label: "Tags", type: .multipicklist, length: 4_099,
            isRestrictedPicklist: true, picklistValues: ["pay", "charge"])
        #expect(description.field("Tags__c") == tags)
        #expect(description.field("Account__c")?.referenceTo == ["Account"])
        #expect(description.field("Account__c")?.relationshipName == "Account__r")
        #expect(description.field("Key__c")?.isUniqueExternalID == true)
        #expect(description.field("Key__c")?.isCaseSensitive == true)
        #expect(description.field("Amount__c")?.precision == 18)
        #expect(description.field("Amount__c")?.scale == 2)
        #expect(description.field("New__c")?.type == .anyType)
        // A right that is not told is Salesforce's to refuse, not ours.
        #expect(description.field("New__c")?.isFilterable == true)
        #expect(description.field("New__c")?.isUnique == false)
    }

    /// The types of SOAP API Developer Guide, "Field Types", as describe spells them.
    @Test(arguments: [
        ("id", FieldType.id), ("string", .string), ("textarea", .textarea), ("picklist", .picklist),
        ("multipicklist", .multipicklist), ("combobox", .combobox), ("reference", .reference),
        ("boolean", .boolean), ("int", .int), ("long", .long), ("double", .double),
        ("currency", .currency), ("percent", .percent), ("date", .date), ("datetime", .datetime),
        ("time", .time), ("email", .email), ("phone", .phone), ("url", .url),
        ("address", .address), ("location", .location), ("encryptedstring", .encryptedString),
        ("base64", .base64), ("anyType", .anyType), ("complexvalue", .complexValue),
        ("DataCategoryGroupReference", .anyType), ("json", .anyType),
    ])
    func everyTypeIsKnownOrReadsAsAnyType(name: String, type: FieldType) throws {
        let description = try description(
            #"{"name":"X","fields":[{"name":"F","type":"\#(name)"}]}"#)
        #expect(description.field("F")?.type == type)
    }

    @Test(arguments: [
        "[]", "{}", #"{"name":"X"}"#, #"{"fields":[]}"#, #"{"name":"X Y","fields":[]}"#,
        #"{"name":"X","fields":[{"name":"F"}]}"#, #"{"name":"X","fields":[{"type":"id"}]}"#,
        #"{"name":"X","fields":[{"name":"F'","type":"id"}]}"#,
    ])
    func whatIsNoDescriptionIsRefused(body: String) {
        #expect(throws: SalesforceError.self) { try description(body) }
    }
}

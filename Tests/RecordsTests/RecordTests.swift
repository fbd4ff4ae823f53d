import Records
import Testing

@Suite struct RecordTests {
    static func record(_ fields: [String: FieldValue]) throws -> Record {
        Record(object: "Contact", id: try #require(RecordID("003000000000001")), fields: fields)
    }

    @Test func anEmptyFieldIsNullAndAnUnselectedOneIsAbsent() throws {
        let record = try Self.record(["Email": .null])
        #expect(record.value(at: "Email") == .null)
        #expect(record.value(at: "Phone") == nil)
    }

    @Test func aPathIsFoundInNestedObjectsOrUnderItsDottedName() throws {
        let nested = try Self.record(["Account": .object(["External_Id__c": .text("a1")])])
        #expect(nested.value(at: "Account.External_Id__c") == .text("a1"))
        #expect(nested.value(at: "account.external_id__c") == .text("a1"))
        #expect(nested.value(at: "Account.Name") == nil)
        let flat = try Self.record(["Account.External_Id__c": .text("a1")])
        #expect(flat.value(at: "Account.External_Id__c") == .text("a1"))
    }

    @Test func belowAnEmptyRelationshipEverythingIsNull() throws {
        let record = try Self.record(["Account": .null])
        #expect(record.value(at: "Account.External_Id__c") == .null)
        #expect(record.value(at: "Account.Owner.Name") == .null)
        #expect(record.value(at: "Owner.Name") == nil)
    }

    @Test func theRecordsOwnIdIsAlwaysThere() throws {
        #expect(try Self.record([:]).value(at: "Id") == .text("003000000000001AAA"))
    }
}

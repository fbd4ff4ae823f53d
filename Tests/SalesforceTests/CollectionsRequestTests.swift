import Foundation
import Records
import Testing

@testable import Salesforce

struct CollectionsRequestTests {
    private func id(_ text: String) throws -> RecordID { try #require(RecordID(text)) }

    @Test func aCreateIsTheseExactBytes() throws {
        let request = try CollectionsRequest(
            kind: .create, object: "Contact",
            items: [
                CollectionsItem(fields: [
                    "LastName": .text("O\"Neil\n"), "Score__c": .number(DecimalNumber(7)),
                    "Active__c": .boolean(true), "Phone": .null,
                    "Account.External_Id__c": .text("é"),
                ]),
                CollectionsItem(fields: ["LastName": .text("B")]),
            ])
        #expect(request.method == "POST")
        #expect(request.path == "/composite/sobjects")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"allOrNone":false,"records":[{"attributes":{"type":"Contact"},"#
                + #""Account":{"External_Id__c":"é"},"Active__c":true,"LastName":"O\"Neil\n","#
                + #""Phone":null,"Score__c":7},{"attributes":{"type":"Contact"},"LastName":"B"}]}"#)
    }

    @Test func anUpdateCarriesIdsAndAnUpsertItsKeyInTheBody() throws {
        let update = try CollectionsRequest(
            kind: .update, object: "Lead",
            items: [
                CollectionsItem(
                    recordID: id("00Q4S000002sSah"), fields: ["Company": .text("Acme")])
            ])
        #expect(update.method == "PATCH")
        #expect(update.path == "/composite/sobjects")
        #expect(
            String(decoding: update.body, as: UTF8.self)
                == #"{"allOrNone":false,"records":[{"attributes":{"type":"Lead"},"#
                + #""id":"00Q4S000002sSahUAE","Company":"Acme"}]}"#)
        let upsert = try CollectionsRequest(
            kind: .upsert(field: "Key__c"), object: "Lead",
            items: [CollectionsItem(fields: ["Key__c": .text("a/b c"), "Company": .null])])
        #expect(upsert.path == "/composite/sobjects/Lead/Key__c")
        #expect(
            String(decoding: upsert.body, as: UTF8.self)
                == #"{"allOrNone":false,"records":[{"attributes":{"type":"Lead"},"#
                + #""Company":null,"Key__c":"a/b c"}]}"#)
    }

    @Test func aDeleteNamesItsIdsAndHasNoBody() throws {
        let request = try CollectionsRequest(
            kind: .delete, object: "Contact",
            items: [
                CollectionsItem(recordID: id("003ak00000luKU1AAM")),
                CollectionsItem(recordID: id("003ak00000luKU2AAM")),
            ])
        #expect(request.method == "DELETE")
        #expect(
            request.path
                == "/composite/sobjects?ids=003ak00000luKU1AAM,003ak00000luKU2AAM&allOrNone=false")
        #expect(request.body.isEmpty)
    }

    @Test func theSameItemsGiveTheSameBytes() throws {
        let names = (0..<40).map { "Field\($0)__c" }
        let bodies = try Set(
            (0..<10).map { round in
                var fields: [String: FieldValue] = [:]
                for name in round % 2 == 0 ? names : names.reversed() { fields[name] = .text(name) }
                fields.reserveCapacity(64 << round)
                return try CollectionsRequest(
                    kind: .create, object: "X__c", items: [CollectionsItem(fields: fields)]
                ).body
            })
        #expect(bodies.count == 1)
    }

    @Test func aStoredRequestIsSentAgainByteForByte() throws {
        var random = SeededRandom(seed: 99)
        let items = (0..<50).map { index in
            CollectionsItem(fields: [
                "Key__c": .text("\(index)"), "Name": .text(random.nastyText(lengthMax: 30)),
            ])
        }
        let request = try CollectionsRequest(
            kind: .upsert(field: "Key__c"), object: "X__c", items: items)
        let stored = try JSONEncoder().encode(request)
        let again = try JSONDecoder().decode(CollectionsRequest.self, from: stored)
        #expect(again == request)
        #expect(again.body == request.body)
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let kind: CollectionsRequest.Kind
        var object = "Contact"
        var items: [CollectionsItem]

        init(
            _ name: String, _ kind: CollectionsRequest.Kind, object: String = "Contact",
            _ items: [CollectionsItem]
        ) {
            testDescription = name
            (self.kind, self.object, self.items) = (kind, object, items)
        }
    }

    private static let anID = RecordID("003ak00000luKU1AAM")
    private static let named = CollectionsItem(fields: ["LastName": .text("A")])

    @Test(arguments: [
        Refused("no items", .create, []),
        Refused("201 items", .create, Array(repeating: named, count: 201)),
        Refused("an object that is no name", .create, object: "Contact/x", [named]),
        Refused("a field that is no name", .create, [.init(fields: ["a\"b": .null])]),
        Refused("a field three levels deep", .create, [.init(fields: ["a.b.c": .null])]),
        Refused(
            "two references by one name", .create, [.init(fields: ["A.x": .null, "A.y": .null])]),
        Refused("an id among the fields", .create, [.init(fields: ["ID": .text("x")])]),
        Refused(
            "attributes among the fields", .create, [.init(fields: ["attributes": .text("x")])]),
        Refused("a list as value", .create, [.init(fields: ["Tags__c": .list([])])]),
        Refused("an object as value", .create, [.init(fields: ["Address": .object([:])])]),
        Refused("a create with an id", .create, [.init(recordID: anID, fields: [:])]),
        Refused("an update without an id", .update, [named]),
        Refused("the same id twice", .update, [.init(recordID: anID), .init(recordID: anID)]),
        Refused("a delete without an id", .delete, [named]),
        Refused("an upsert without its key", .upsert(field: "Key__c"), [named]),
        Refused(
            "an upsert with a null key", .upsert(field: "K__c"), [.init(fields: ["K__c": .null])]),
        Refused("a blank key", .upsert(field: "K__c"), [.init(fields: ["K__c": .text(" ")])]),
        Refused(
            "the same key twice", .upsert(field: "K__c"),
            [.init(fields: ["K__c": .text("k")]), .init(fields: ["K__c": .text("k")])]),
        Refused(
            "a key that is a path", .upsert(field: "A.B"), [.init(fields: ["A.B": .text("k")])]),
    ])
    func whatWouldSinkTheWholeRequestIsRefusedHere(refused: Refused) {
        let error = #expect(throws: SalesforceError.self) {
            try CollectionsRequest(
                kind: refused.kind, object: refused.object, items: refused.items)
        }
        #expect(error?.isDefinite == true)
    }

    @Test func aRequestOfTwoHundredDeletesFitsIntoAURL() throws {
        let items = try (0..<200).map { index in
            CollectionsItem(recordID: try id("003ak00000" + String(10_000 + index)))
        }
        let request = try CollectionsRequest(kind: .delete, object: "Contact", items: items)
        #expect(request.itemCount == 200)
        #expect(request.path.utf8.count < 4_000)
    }
}

import Records
import Testing

@testable import Salesforce

struct CollectionsResultTests {
    private func results(
        _ body: String, _ kind: CollectionsRequest.Kind, count: Int
    ) throws -> [CollectionsResult] {
        let ids = (0..<count).map { RecordID("003ak00000" + String(10_000 + $0)) }
        let items = ids.enumerated().map { index, id in
            switch kind {
            case .create: CollectionsItem(fields: ["Name": .text("x")])
            case .upsert(let field): CollectionsItem(fields: [field: .text("\(index)")])
            case .update, .delete: CollectionsItem(recordID: id)
            }
        }
        let request = try CollectionsRequest(kind: kind, object: "Contact", items: items)
        return try CollectionsResult.read(ExactJSON.parse(Array(body.utf8)), of: request)
    }

    private let ok = #"{"id":"003ak00000luKU1AAM","success":true,"errors":[]}"#
    private let bad =
        #"{"success":false,"errors":[{"statusCode":"STRING_TOO_LONG","message":"First Name: data "#
        + #"value too large: Secret","fields":["FirstName"]}]}"#

    @Test func resultsAreReadInTheOrderOfTheRecords() throws {
        let id = try #require(RecordID("003ak00000luKU1AAM"))
        let error = RecordError(
            code: "STRING_TOO_LONG", message: "First Name: data value too large: Secret",
            fields: ["FirstName"])
        #expect(
            try results("[\(ok),\(bad)]", .create, count: 2)
                == [.succeeded(id, created: true), .failed(error)])
        #expect(try results("[\(ok)]", .update, count: 1) == [.succeeded(id, created: false)])
        #expect(try results("[\(ok)]", .delete, count: 1) == [.succeeded(id, created: nil)])
    }

    @Test func anUpsertTellsWhatItDid() throws {
        let created = #"{"id":"003ak00000luKU1AAM","success":true,"errors":[],"created":true}"#
        let updated = #"{"id":"003ak00000luKU2AAM","success":true,"errors":[],"created":false}"#
        let read = try results("[\(created),\(updated)]", .upsert(field: "K__c"), count: 2)
        let flags: [Bool?] = read.map { result in
            guard case .succeeded(_, let created) = result else { return nil }
            return created
        }
        #expect(flags == [true, false])
    }

    @Test func anErrorsDescriptionShowsNoValue() {
        let error = RecordError(
            code: "STRING_TOO_LONG", message: "data value too large: Secret", fields: ["FirstName"])
        #expect("\(error)" == "STRING_TOO_LONG (FirstName)")
    }

    @Test(arguments: [
        (0, "[]"), (0, "{}"), (1, "one"), (2, "one"), (0, "one one"), (0, "null"),
        (1, #"{"success":true}"#), (1, #"[{"success":true,"errors":[]}]"#),
        (1, #"[{"id":"nope","success":true}]"#), (1, #"[{"success":false,"errors":[]}]"#),
        (1, #"[{"success":false}]"#), (1, #"[{"id":"003ak00000luKU1AAM"}]"#), (1, "[null]"),
        (1, #"[{"success":"true","id":"003ak00000luKU1AAM"}]"#),
        (1, #"[{"success":false,"errors":[{"errorCode":"X"}]}]"#),
    ])
    func aMiscountedOrUnclearAnswerIsInDoubt(extra: Int, body: String) throws {
        // "one" stands for an answer of one success; the request has one record more or none alike.
        let text = body.replacing("one one", with: "[\(ok),\(ok)]").replacing(
            "one", with: "[\(ok)]")
        let count = body == "one" ? extra + 1 : max(extra, 1)
        let error = #expect(throws: SalesforceError.self) {
            try results(text, .create, count: count)
        }
        #expect(error?.disposition == .inDoubt)
        #expect(error?.isDefinite == false)
    }
}

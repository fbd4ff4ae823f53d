import Records
import Testing

@testable import Salesforce

struct CSVTests {
    @Test(arguments: [
        (FieldValue.null, "#N/A"), (.boolean(true), "true"), (.boolean(false), "false"),
        (.text("plain"), "plain"), (.text("a,b"), "\"a,b\""),
        (.text("say \"hi\""), "\"say \"\"hi\"\"\""),
        (.text("two\nlines"), "\"two\nlines\""), (.text("cr\rlf"), "\"cr\rlf\""),
        (.text(" edges "), "\" edges \""), (.text("é😀"), "é😀"),
        (.number(DecimalNumber("12.50") ?? DecimalNumber(0)), "12.5"),
    ])
    func aValueIsWrittenSo(value: FieldValue, text: String) {
        var bytes: [UInt8] = []
        CSVWriting.append([value, .text("x")], to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text + ",x\n")
    }

    @Test(arguments: [
        ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
        ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
        ("\"a\"\"b\",\"c\nd\"\n", [["a\"b", "c\nd"]]),
        ("\"\",\n", [["", ""]]),
        ("a\n\nb\n", [["a"], ["b"]]),
        ("", []),
    ])
    func aFileIsReadSo(text: String, rows: [[String]]) throws {
        #expect(try Self.read(text, partBytes: 3) == rows)
    }

    @Test(arguments: ["\"open", "a\"b\"\n\"c\"d\n", "a\rb\n"])
    func whatIsNoCSVIsRefused(text: String) {
        #expect(throws: CSVReading.Fault.self) { try Self.read(text + "x\"\"y", partBytes: 1) }
    }

    @Test func whatIsWrittenIsReadBackHoweverItIsCut() throws {
        var random = SeededRandom(seed: 77)
        for round in 0..<100 {
            let cells = (0..<(1 + random.below(5))).map { _ in "x" + random.nastyText(lengthMax: 9)
            }
            var bytes: [UInt8] = []
            CSVWriting.append(cells.map { .text($0) }, to: &bytes)
            CSVWriting.append(cells.reversed().map { .text($0) }, to: &bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            let rows = try Self.read(text, partBytes: 1 + random.below(7))
            #expect(
                rows.map { $0.map { Array($0.utf8) } }
                    == [cells, cells.reversed()].map {
                        $0.map { Array($0.utf8) }
                    }, "seed \(random.seed) round \(round)")
        }
    }

    private static func read(_ text: String, partBytes: Int) throws -> [[String]] {
        var reading = CSVReading()
        var rows: [[String]] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            rows += try reading.add(rest.prefix(partBytes))
            rest = rest.dropFirst(partBytes)
        }
        return rows + (try reading.finish())
    }

    // MARK: Results

    @Test func resultsAreKnownByTheirKeyColumn() throws {
        var reading = BulkResultReading(.failed, keyColumn: "external_id__c", isDelete: false)
        let results = try reading.results([
            ["sf__Id", "sf__Error", "Name", "external_id__c"],
            ["", "INVALID_FIELD:Failed to read '2003: x':CloseDate --", "Noemi", "external-id-3"],
            ["", "UNABLE_TO_LOCK_ROW:unable to obtain:--", "Lee", "external-id-4"],
        ])
        #expect(results.map(\.key) == ["external-id-3", "external-id-4"])
        let errors = results.compactMap { result -> RecordError? in
            guard case .answered(.failed(let error)) = result.outcome else { return nil }
            return error
        }
        #expect(
            errors == [
                RecordError(
                    code: "INVALID_FIELD", message: "Failed to read '2003: x'",
                    fields: ["CloseDate"]),
                RecordError(code: "UNABLE_TO_LOCK_ROW", message: "unable to obtain", fields: []),
            ])
    }

    @Test(arguments: [
        [["sf__Id", "Id"]], [["sf__Id", "sf__Created"]],
        [["sf__Id", "sf__Created", "Id"], ["x", "true"]],
        [["sf__Id", "sf__Created", "Id"], ["no id", "true", "x"]],
    ])
    func resultsThatMakeNoSenseAreNotBelieved(rows: [[String]]) {
        #expect(throws: SalesforceError.self) {
            var reading = BulkResultReading(.successful, keyColumn: "Id", isDelete: false)
            _ = try reading.results(rows)
        }
    }
}

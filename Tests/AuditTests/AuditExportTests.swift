import Audit
import Foundation
import Projection
import Records
import Testing

/// The audit as files for other programs.
@Suite struct AuditExportTests {
    @Test func cellsAreQuotedAndFormulasDisarmed() async throws {
        try await withAuditBench { bench in
            let intent = try await bench.send(
                AuditBench.Sending(
                    email: "ann@x.org",
                    changes: [("FirstName", .text("Ann \"A\", Lee\nthe 2nd"), 2)]))
            try await bench.answer(
                intent,
                OperationResult(
                    index: 0, status: .failed, code: "=cmd()", message: "@SUM(A1), or \"so\""))
            let csv = try AuditExport.csv(try bench.items())
            let lines = csv.components(separatedBy: "\r\n")
            #expect(lines.count == 3 && lines[2].isEmpty)
            #expect(lines[0].hasPrefix("id,at,object,operation,key,"))
            #expect(lines[1].contains("\"'=cmd()\",\"'@SUM(A1), or \"\"so\"\"\","))
            #expect(lines[1].contains("\"{\"\"Email\"\":\"\"ann@x.org\"\"}\""))
            #expect(!lines[1].contains("\n"), "a line break in a value is escaped by its JSON")
        }
    }

    @Test(arguments: ["=1", "+1", "-1", "@a", "\ta", "\ra"])
    func everyBeginningThatASpreadsheetExecutesIsDisarmed(text: String) async throws {
        try await withAuditBench { bench in
            let intent = try await bench.send(AuditBench.Sending(email: "ann@x.org"))
            try await bench.answer(
                intent, OperationResult(index: 0, status: .failed, code: "X", message: text))
            let csv = try AuditExport.csv(try bench.items())
            #expect(csv.contains(",\"'\(text)\","))
        }
    }

    @Test func anEmptyAuditIsAHeaderAndNoLines() throws {
        #expect(try AuditExport.csv([]).components(separatedBy: "\r\n").count == 2)
        #expect(try AuditExport.ndjson([]).isEmpty)
    }

    @Test func absentValuesAreNullInJSON() async throws {
        try await withAuditBench { bench in
            _ = try await bench.send(AuditBench.Sending(email: "ann@x.org"))
            let line = try AuditExport.ndjson(try bench.items())
            #expect(line.hasSuffix("}\n"))
            for member in ["\"recordId\":null", "\"status\":null", "\"error\":null"] {
                #expect(line.contains(member), "\(line)")
            }
            #expect(line.contains("\"outcome\":\"in-doubt\""))
        }
    }

    @Test func numbersKeepTheirDigitsAndTextsTheirCharacters() async throws {
        try await withAuditBench { bench in
            let number = try #require(DecimalNumber("12345678901234567.05"))
            _ = try await bench.send(
                AuditBench.Sending(
                    email: "ann@x.org",
                    changes: [
                        ("Score__c", .number(number), 2), ("FirstName", .text("a/b \"é\""), 2),
                    ]))
            let line = try AuditExport.ndjson(try bench.items())
            #expect(line.contains("\"Score__c\":12345678901234567.05"))
            #expect(line.contains(#""FirstName":"a/b \"é\"""#))
        }
    }
}

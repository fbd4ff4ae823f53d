import EventLog
import Events
import Foundation
import Ingest
import Testing

@Suite struct FileIngestTests {
    private struct Outcome {
        var counts = FileIngest.Counts()
        var rejections: [FileIngest.Rejection] = []
    }

    /// Appends files to a fresh log, one after the other, and hands over what became of each.
    private static func ingest(
        _ texts: [String], _ check: ([Outcome], LogWriter) throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "file-ingest-\(UUID().uuidString)"
        defer { Cleanup.remove(folder) }
        let log = try LogWriter(folder: folder + "/log") { 0 }
        defer { log.close() }
        let assigned = Counter()
        let ingest = FileIngest(
            source: "history", now: { 1_000 }, makeMessageID: { "assigned-\(assigned.next())" },
            append: { events throws(LogError) in try await log.append(events) })
        var outcomes: [Outcome] = []
        for (number, text) in texts.enumerated() {
            let path = folder + "/\(number).json"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            var outcome = Outcome()
            var reader = try MessageFileReader(path: path, itemBytesMax: 100_000)
            #expect(reader.bytesTotal == text.utf8.count)
            try await ingest.run(
                &reader, counts: &outcome.counts,
                onRejection: { outcome.rejections.append($0) })
            #expect(reader.bytesRead == text.utf8.count)
            outcomes.append(outcome)
        }
        try check(outcomes, log)
    }

    @Test func linesOfEventsAndBatchesAreAppendedInOrder() async throws {
        let text = #"""
            {"type":"page","userId":"a","messageId":"1"}
            {"batch":[{"type":"page","userId":"a","messageId":"2"},{"type":"page","messageId":"3"}],"context":{"ip":"1"}}

            {"type":"page","userId":"a","messageId":"2","x":1}
            not json
            {"type":"page","userId":"a"}
            """#
        try await Self.ingest([text]) { outcomes, log in
            let outcome = try #require(outcomes.first)
            #expect(outcome.counts.accepted == 3)
            #expect(outcome.counts.duplicates == 0)
            #expect(outcome.counts.rejected == 3)
            #expect(outcome.counts.lastPosition == Position(3))
            let told = outcome.rejections.sorted { $0.line < $1.line }
                .map { "\($0.line) \($0.index) \($0.rejection.code)" }
            #expect(
                told == ["2 1 missing-field", "4 0 message-id-conflict", "5 0 unexpected-byte"])
            let entries = try log.reader().entries(after: .zero, countMax: 10, bytesMax: 1_000_000)
            let events = try entries.map(EventBody.decode)
            #expect(events.map(\.messageID) == ["1", "2", "assigned-1"])
            #expect(events.allSatisfy { $0.source == "history" && $0.receivedAt == 1_000 })
            #expect(events[1].string(at: JSONPath(["context", "ip"])) == "1")
        }
    }

    @Test func fileGivenTwiceIsAllDuplicates() async throws {
        let lines = (0..<2_500).map { #"{"type":"page","userId":"a","messageId":"\#($0)"}"# }
        let asLines = lines.joined(separator: "\n")
        let asArray = "[" + lines.joined(separator: ",\n") + "]"
        try await Self.ingest([asLines, asArray]) { outcomes, log in
            #expect(outcomes.map(\.counts.accepted) == [2_500, 0])
            #expect(outcomes.map(\.counts.duplicates) == [0, 2_500])
            #expect(outcomes.last?.counts.lastPosition == Position(2_500))
            #expect(log.lastPosition == Position(2_500))
        }
    }

    @Test func fileThatIsNotThereIsNamed() {
        let error = #expect(throws: IngestError.self) {
            _ = try MessageFileReader(path: "/nowhere/events.json", itemBytesMax: 1)
        }
        #expect(error == .cannotOpen(path: "/nowhere/events.json", code: 2))
    }
}

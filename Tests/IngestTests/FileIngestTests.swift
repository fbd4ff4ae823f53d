import EventLog
import Events
import Foundation
import Ingest
import Synchronization
import Testing

@Suite struct FileIngestTests {
    private static func ingest(
        _ texts: [String], _ check: ([FileOutcome], LogWriter) throws -> Void
    ) async throws {
        try await FileOutcome.ingest(texts.map { Array($0.utf8) }) { outcomes, log in
            #expect(outcomes.map(\.bytesRead) == texts.map(\.utf8.count))
            try check(outcomes, log)
        }
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
            #expect(events.prefix(2).map(\.messageID) == ["1", "2"])
            #expect(events[2].messageID.hasPrefix("tidemark-file-"))
            #expect(
                events.allSatisfy { $0.source == "history" && $0.receivedAt == RunningServer.now })
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

    @Test func sameFileIsAllDuplicatesAlsoWhereNoEventHasAnID() async throws {
        // Equal events are two events; within a batch and on one line of an array too.
        let lines = """
            {"type":"page","userId":"a"}
            {"type":"page","userId":"a"}
            {"batch":[{"type":"page","userId":"a"},{"type":"page","userId":"a"}]}
            """
        let array = #"[{"type":"page","userId":"a"},{"type":"page","userId":"a"}]"#
        let grown = lines + "\n" + #"{"type":"page","userId":"b"}"#
        try await Self.ingest([lines, array, lines, array, grown]) { outcomes, log in
            #expect(outcomes.map(\.counts.accepted) == [4, 2, 0, 0, 5])
            #expect(outcomes.map(\.counts.duplicates) == [0, 0, 4, 2, 0])
            #expect(outcomes.flatMap(\.rejections).isEmpty)
            #expect(log.lastPosition == Position(11))
        }
    }

    /// A pipe can take hours from one event to the next: each is dated when it has been read.
    @Test func eachEventIsDatedWhenItWasRead() async throws {
        let reads = Counter()
        let lines = (0..<3).map { #"{"type":"page","userId":"u","messageId":"\#($0)"}"# }
        let text = Array(lines.joined(separator: "\n").utf8)
        try await FileOutcome.ingest([(text, .json)], now: { reads.next() }) { _, log in
            let entries = try log.reader().entries(after: .zero, countMax: 9, bytesMax: 1 << 20)
            let times = try entries.map { try EventBody.decode($0).receivedAt }
            #expect(times == times.sorted() && Set(times).count == 3)
        }
    }

    private final class Counter: Sendable {
        private let value = Atomic<Int64>(0)

        func next() -> Int64 { value.wrappingAdd(1, ordering: .relaxed).newValue }
    }

    // MARK: Archives

    @Test func archivesOfSegmentAndRudderStackAreReadAsTheyAre() async throws {
        let text = #"""
            {"type":"identify","userId":"s","messageId":"1","originalTimestamp":"2025-01-01T13:59:00Z","sentAt":"2025-01-01T14:00:00Z","receivedAt":"2025-01-01T12:00:00Z","timestamp":"2025-01-01T11:59:00Z","writeKey":"secret","projectId":"p","version":2}
            {"userId":"r","payload":{"type":"identify","userId":"r","messageId":"2","sentAt":"2025-01-01T14:00:00Z","originalTimestamp":"2025-01-01T13:58:00Z"},"createdAt":"2025-01-01T12:00:00Z","messageId":"2"}
            {"userId":"r","payload":{"batch":[{"type":"page","userId":"r","messageId":"3","originalTimestamp":"2025-01-01T13:57:00Z"},{"type":"page"}],"sentAt":"2025-01-01T14:00:00Z","receivedAt":"2025-01-01T12:00:00Z","writeKey":"secret"},"createdAt":"2025-02-01T00:00:00Z","messageId":""}
            {"type":"page","userId":"n","messageId":"4","timestamp":"2025-01-01T11:56:00Z","sentAt":"2025-01-01T14:00:00Z"}
            {"userId":"r","payload":{"type":"page","userId":7,"userId":8}}
            {"userId":"r","payload":{"type":"page","userId":7},"x":nul}
            """#
        try await Self.ingest([text]) { outcomes, log in
            let entries = try log.reader().entries(after: .zero, countMax: 9, bytesMax: 1 << 20)
            let events = try entries.map(EventBody.decode)
            #expect(events.map(\.messageID) == ["1", "2", "3", "4"])
            // When it happened is what it was then, not corrected by when the file was read.
            #expect(
                events.map { Timestamp.format($0.eventTime) }
                    == [59, 58, 57, 56].map {
                        "2025-01-01T11:\($0):00.000Z"
                    })
            #expect(events.map { $0.string(at: JSONPath(["userId"])) } == ["s", "r", "r", "n"])
            #expect(
                !events.contains { String(decoding: $0.bytes, as: UTF8.self).contains("secret") })
            let told = outcomes.flatMap(\.rejections)
                .map { "\($0.line) \($0.index) \($0.rejection.code)" }
            #expect(told == ["3 1 missing-field", "5 0 duplicate-key", "6 0 unexpected-byte"])
        }
    }

    @Test func aRefusedEventOfAnArchivedBatchIsPointedAtInItsLine() async throws {
        let line =
            #"{"userId":"r","payload":{"batch":[{"type":"page","userId":1,"userId":2}]},"#
            + #""createdAt":"2025-01-01T12:00:00Z"}"#
        try await Self.ingest([line]) { outcomes, _ in
            let byte = try #require(outcomes[0].rejections.first?.rejection.byteOffset)
            #expect(line.utf8.dropFirst(byte).starts(with: #""userId":2"#.utf8))
        }
    }

    /// An old archive must not overrule what was sent since.
    @Test func anEventWithoutATimeHappenedWhenItsArchiveGotIt() async throws {
        let text = #"""
            {"userId":"r","payload":{"type":"page","userId":"r","messageId":"1"},"createdAt":"2025-01-01T12:00:00Z"}
            {"type":"page","userId":"s","messageId":"2","receivedAt":"2025-01-01T12:00:00Z"}
            {"type":"page","userId":"n","messageId":"3","sentAt":"2025-01-01T12:00:00Z"}
            """#
        try await Self.ingest([text]) { _, log in
            let entries = try log.reader().entries(after: .zero, countMax: 9, bytesMax: 1 << 20)
            let times = try entries.map { Timestamp.format(try EventBody.decode($0).eventTime) }
            #expect(times == Array(repeating: "2025-01-01T12:00:00.000Z", count: 3))
        }
    }

    // MARK: gzip

    @Test func gzipFileIsReadLikeThePlainOneAndCountsAsTheSame() async throws {
        let lines = (0..<3_000).map { #"{"type":"page","userId":"u\#($0)"}"# }
        let text = Array((lines.joined(separator: "\n") + "\n").utf8)
        let half = text.count / 2
        let whole = try Gzip.compress(text)
        let members = try Gzip.compress(Array(text[..<half])) + Gzip.compress(Array(text[half...]))
        try await FileOutcome.ingest([text, whole, members, members + [0, 0, 0]]) { outcomes, log in
            #expect(outcomes.map(\.counts.accepted) == [3_000, 0, 0, 0])
            #expect(outcomes.map(\.counts.duplicates) == [0, 3_000, 3_000, 3_000])
            // Progress is measured on disk.
            #expect(outcomes.map(\.bytesRead)[1] == whole.count)
        }
    }

    @Test(arguments: ["cut", "garbage behind", "garbage within"])
    func brokenGzipIsToldAndWhatCameBeforeIsKept(damage: String) async throws {
        let lines = (0..<9_000).map { #"{"type":"page","userId":"\#($0)","messageId":"\#($0)"}"# }
        var bytes = try Gzip.compress(Array(lines.joined(separator: "\n").utf8))
        switch damage {
        case "cut": bytes.removeLast(200)
        case "garbage behind": bytes += Array("no gzip".utf8)
        default: for index in bytes.count / 2..<bytes.count / 2 + 64 { bytes[index] = 0xFF }
        }
        try await FileOutcome.ingest([bytes]) { outcomes, log in
            let outcome = try #require(outcomes.first)
            guard case .brokenCompression(_, let byte) = outcome.failure else {
                Issue.record("\(String(describing: outcome.failure))")
                return
            }
            #expect(byte <= bytes.count)
            #expect(outcome.counts.accepted > 0)
            #expect(UInt64(outcome.counts.accepted) == log.lastPosition.number)
        }
    }

    @Test func smallFileThatInflatesHugeIsReadInBoundedPieces() async throws {
        // One line of 60 MB is refused without being held; the next one is read.
        let bomb = try Gzip.compress(
            Array(repeating: UInt8(ascii: "x"), count: 60_000_000)
                + Array("\n{\"type\":\"page\",\"userId\":\"u\"}".utf8))
        #expect(bomb.count < 100_000)
        try await FileOutcome.ingest([bomb]) { outcomes, log in
            #expect(outcomes.first?.rejections.map(\.rejection.code) == ["event-too-large"])
            #expect(outcomes.first?.rejections.map(\.line) == [1])
            #expect(log.lastPosition == Position(1))
        }
    }

    // MARK: What cannot be opened

    @Test func folderIsNoFile() {
        let error = #expect(throws: IngestError.self) {
            _ = try MessageFileReader(path: "/tmp", itemBytesMax: 1)
        }
        #expect(error == .cannotOpen(path: "/tmp", code: EISDIR))
    }

    @Test func fileThatIsNotThereIsNamed() {
        let error = #expect(throws: IngestError.self) {
            _ = try MessageFileReader(path: "/nowhere/events.json", itemBytesMax: 1)
        }
        #expect(error == .cannotOpen(path: "/nowhere/events.json", code: 2))
    }
}

import EventLog
import Foundation
import Ingest
import Testing

/// What became of one file.
struct FileOutcome {
    var counts = FileIngest.Counts()
    var rejections: [FileIngest.Rejection] = []
    var bytesRead = 0
    var failure: IngestError?

    /// Appends files to a fresh log, one after the other, and hands over what became of each.
    static func ingest(
        _ contents: [[UInt8]], as format: FileFormat = .json,
        _ check: ([FileOutcome], LogWriter) throws -> Void
    ) async throws {
        try await ingest(contents.map { ($0, format) }, check)
    }

    static func ingest(
        _ contents: [([UInt8], FileFormat)],
        now: @escaping @Sendable () -> Int64 = { RunningServer.now },
        _ check: ([FileOutcome], LogWriter) throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "file-ingest-\(UUID().uuidString)"
        defer { Cleanup.remove(folder) }
        let log = try LogWriter(folder: folder + "/log") { 0 }
        defer { log.close() }
        let ingest = FileIngest(
            source: "history", now: now, makeMessageID: { "assigned" },
            append: { events throws(IngestError) in
                do throws(LogError) {
                    return try await log.append(events)
                } catch {
                    throw .log(error)
                }
            })
        var outcomes: [FileOutcome] = []
        for (number, (content, format)) in contents.enumerated() {
            let path = folder + "/\(number)"
            try Data(content).write(to: URL(fileURLWithPath: path))
            var outcome = FileOutcome()
            do throws(IngestError) {
                var reader = try MessageFileReader(
                    path: path, format: format, itemBytesMax: 100_000)
                do throws(IngestError) {
                    try await ingest.run(
                        &reader, counts: &outcome.counts,
                        onRejection: { outcome.rejections.append($0) })
                } catch {
                    outcome.failure = error
                }
                outcome.bytesRead = reader.bytesRead
            } catch {
                outcome.failure = error
            }
            outcomes.append(outcome)
        }
        try check(outcomes, log)
    }
}

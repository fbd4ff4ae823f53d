import Actions
import ArgumentParser
import Audit
import EventLog
import Events
import Ingest

/// Appends events from files to the log.
struct Ingest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Append events from files (NDJSON or a JSON array) to the log.",
        discussion: """
            A line holds one message, or one {"batch":[…]}. An event that is already in the log \
            is a duplicate, so the same file can be given again. Refused events are shown with \
            file and line; all others are kept.

            Example: tidemark ingest events.ndjson
                     zcat archive.gz | tidemark ingest -
            """)

    @Argument(help: ArgumentHelp("Files to read; - for standard input.", valueName: "file"))
    var files: [String]

    @Option(help: "The source that the events are recorded under.")
    var source: String?

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        struct Rejection: Encodable {
            let file: String
            let line: Int
            let index: Int
            let code: String
            let message: String
            /// The offending byte, counted from 0 at the first byte of the line's event or batch.
            @NullWhenAbsent var byte: Int?
            @NullWhenAbsent var field: String?
        }

        let accepted: Int
        let duplicates: Int
        let rejected: [Rejection]
        let lastPosition: UInt64
    }

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let door = try await WritingDoor(configuration)
            let document: Document
            do {
                document = try await append(through: door, configuration)
            } catch {
                door.close()
                throw error
            }
            door.close()
            try options.output.print(document) { style in text(document, style) }
        }
    }

    private func append(
        through door: WritingDoor, _ configuration: Configuration
    ) async throws -> Document {
        try await door.recordActions(of: configuration)
        let ingest = FileIngest(
            source: try sourceName(configuration), now: Clocks.wall,
            append: { (events) async throws(LogError) in try await door.append(events) })
        var counts = FileIngest.Counts()
        var rejections: [Document.Rejection] = []
        for file in files {
            let first = rejections.count
            let bar = ProgressBar("ingest \(file)")
            defer { bar.finish() }
            var reader = try MessageFileReader(
                path: file, itemBytesMax: IngestLimits().decompressedBytesMax)
            let total = reader.bytesTotal
            try await ingest.run(
                &reader, counts: &counts,
                onRejection: { rejections.append(document($0)) },
                onProgress: { bar.update($0, of: total, unit: "bytes") })
            // What the log refuses is known later than what cannot be read.
            rejections[first...].sort { ($0.line, $0.index) < ($1.line, $1.index) }
        }
        return Document(
            accepted: counts.accepted, duplicates: counts.duplicates, rejected: rejections,
            lastPosition: counts.lastPosition?.number ?? 0)
    }

    /// The only configured source, unless one is named: a message ID is unique within its source,
    /// so a file from the website must be recorded as the website's.
    private func sourceName(_ configuration: Configuration) throws(CommandFailure) -> String {
        if let source { return source }
        let sources = configuration.ingest.sources
        return sources.count == 1 ? sources[0].name : "files"
    }

    private func document(_ rejection: FileIngest.Rejection) -> Document.Rejection {
        Document.Rejection(
            file: rejection.file, line: rejection.line, index: rejection.index,
            code: rejection.rejection.code, message: rejection.rejection.message,
            byte: rejection.rejection.byteOffset, field: rejection.rejection.field)
    }

    private func text(_ document: Document, _ style: Style) -> String {
        var lines = document.rejected.map { rejection in
            let place =
                rejection.field.map { ", field \($0)" } ?? rejection.byte.map { ", byte \($0)" }
                ?? ""
            return style.yellow("\(rejection.file):\(rejection.line): ")
                + "\(rejection.message) (\(rejection.code)\(place))"
        }
        lines.append(
            "accepted \(document.accepted), duplicates \(document.duplicates), "
                + "rejected \(document.rejected.count); last position \(document.lastPosition)")
        return lines.joined(separator: "\n")
    }
}

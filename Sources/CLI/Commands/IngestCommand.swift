import Actions
import ArgumentParser
import Audit
import EventLog
import Events
import Ingest

/// Appends events from files to the log.
struct Ingest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Append events from files (NDJSON, a JSON array or CSV; gzip too) to the log.",
        discussion: """
            A line holds one message, or one {"batch":[…]}; archives of Segment and RudderStack \
            are read as they are. An event that is already in the log is a duplicate, so the \
            same file can be given again. Refused events are shown with file and line; all \
            others are kept. Exit status 1 when every event was refused.

            A CSV file needs a header. Its columns are named as the members of an event (userId, \
            traits.email, traits.age:number), or --map says where they go. Cells are text unless a \
            type is given: number, boolean or json. Empty cells are left out.

            Example: tidemark ingest events.ndjson archive.gz
                     tidemark ingest people.csv --map E-mail=traits.email --map '*=traits'
                     tidemark ingest people.csv --map Id=userId --map Age=traits.age:number
            """)

    @Argument(help: ArgumentHelp("Files to read; - for standard input.", valueName: "file"))
    var files: [String]

    @Option(help: "The source that the events are recorded under.")
    var source: String?

    @Option(
        name: .customLong("map"),
        help: ArgumentHelp(
            "Where a CSV column goes; nothing behind = leaves it out, * names all others.",
            valueName: "column=path[:type]"))
    var rules: [String] = []

    @Option(
        help: ArgumentHelp(
            "The type of the events of CSV rows that do not say it; identify by default.",
            valueName: "type"))
    var type: String?

    @Option(help: "How the files are read: json or csv; by their names when not given.")
    var format: Format?

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json, csv
    }

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        struct Rejection: Encodable {
            let file: String
            let line: Int
            /// The character of the line, for a cell of CSV.
            @NullWhenAbsent var column: Int?
            let index: Int
            let code: String
            let message: String
            /// The offending byte, counted from 0 at the first byte of the line's event or batch.
            @NullWhenAbsent var byte: Int?
            @NullWhenAbsent var field: String?
        }

        let accepted: Int
        let duplicates: Int
        /// Listed up to ``rejectionsListedMax``; the rest is only counted.
        let rejected: [Rejection]
        let rejectedCount: Int
        let lastPosition: UInt64

        /// Nothing in the files is in the log: never is success said of that.
        var isAllRejected: Bool { rejectedCount > 0 && accepted == 0 && duplicates == 0 }
    }

    /// Rejections that are shown. A file that is wrong throughout would fill the memory with them.
    private static let rejectionsListedMax = 10_000

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let rules = try columnRules()
            let limits = IngestLimits(configuration.ingest.limits)
            // Before anything is written: a misspelt path must not leave a data folder behind.
            for file in files { try check(file, rules, limits) }
            let door = try await WritingDoor(configuration)
            let document: Document
            do {
                document = try await append(through: door, configuration, rules, limits)
            } catch {
                door.close()
                throw error
            }
            door.close()
            try options.output.print(document) { style in text(document, style) }
            if document.isAllRejected { throw ExitCode.failure }
        }
    }

    private func columnRules() throws(CommandFailure) -> ColumnRules {
        var kind: EventKind?
        if let type {
            kind = EventKind(rawValue: type)
            guard kind != nil else {
                let known = EventKind.allCases.map(\.rawValue)
                let guess = NearestName.of(type, among: known).map { "; did you mean \($0)?" } ?? ""
                throw .usage(
                    "--type is one of \(known.joined(separator: ", ")), not \(type)\(guess)")
            }
        }
        do throws(ColumnRules.Mistake) {
            return try ColumnRules(rules, kind: kind)
        } catch {
            throw .usage("--map \(error)")
        }
    }

    private func fileFormat(_ file: String, _ rules: ColumnRules) -> FileFormat {
        let isCSV =
            format.map { $0 == .csv } ?? (!self.rules.isEmpty || FileFormat.isCSV(path: file))
        return isCSV ? .csv(rules) : .json
    }

    private func reader(
        _ file: String, _ rules: ColumnRules, _ limits: IngestLimits
    ) throws(IngestError) -> MessageFileReader {
        try MessageFileReader(
            path: file, format: fileFormat(file, rules),
            itemBytesMax: limits.decompressedBytesMax)
    }

    /// Opens the file, and reads its header if it has one. What can be read only once is left
    /// alone.
    private func check(
        _ file: String, _ rules: ColumnRules, _ limits: IngestLimits
    ) throws(IngestError) {
        guard file != "-", MessageFileReader.canReadTwice(path: file) else { return }
        _ = try reader(file, rules, limits)
    }

    private func append(
        through door: WritingDoor, _ configuration: Configuration, _ rules: ColumnRules,
        _ limits: IngestLimits
    ) async throws -> Document {
        try await door.recordActions(of: configuration)
        let ingest = FileIngest(
            source: try sourceName(configuration), limits: limits, now: Clocks.wall,
            append: { (events) async throws(IngestError) in try await door.append(events) })
        var counts = FileIngest.Counts()
        var rejections: [Document.Rejection] = []
        for file in files {
            let first = rejections.count
            let bar = ProgressBar("ingest \(file)")
            defer { bar.finish() }
            var reader = try reader(file, rules, limits)
            try await ingest.run(
                &reader, counts: &counts,
                onRejection: { rejection in
                    if rejections.count < Self.rejectionsListedMax {
                        rejections.append(document(rejection))
                    }
                },
                onProgress: { progress in
                    bar.update(
                        progress.bytesRead, of: progress.bytesTotal,
                        text: progress.text(after:))
                })
            // What the log refuses is known later than what cannot be read.
            rejections[first...].sort { ($0.line, $0.index) < ($1.line, $1.index) }
        }
        return Document(
            accepted: counts.accepted, duplicates: counts.duplicates, rejected: rejections,
            rejectedCount: counts.rejected,
            lastPosition: try door.lastPosition(in: DataFolder(path: configuration.data)).number)
    }

    /// The only configured source, unless one is named: a message ID is unique within its source,
    /// so a file from the website must be recorded as the website's.
    private func sourceName(_ configuration: Configuration) throws(CommandFailure) -> String {
        let sources = configuration.ingest.sources
        if let source {
            // Under a name that is only misspelt every event would count as a new one.
            let names = sources.map(\.name)
            guard !names.contains(source), let meant = NearestName.of(source, among: names) else {
                return source
            }
            throw .usage(
                "there is no source \(source); did you mean \(meant)? A source of that name must "
                    + "stand in ingest.sources")
        }
        return sources.count == 1 ? sources[0].name : "files"
    }

    private func document(_ rejection: FileIngest.Rejection) -> Document.Rejection {
        Document.Rejection(
            file: rejection.file, line: rejection.line, column: rejection.column,
            index: rejection.index, code: rejection.rejection.code,
            message: rejection.rejection.message,
            byte: rejection.rejection.byteOffset, field: rejection.rejection.field)
    }

    private func text(_ document: Document, _ style: Style) -> String {
        var lines = document.rejected.map { rejection in
            let place =
                rejection.field.map { ", field \($0)" } ?? rejection.byte.map { ", byte \($0)" }
                ?? ""
            let column = rejection.column.map { ":\($0)" } ?? ""
            return style.yellow("\(rejection.file):\(rejection.line)\(column): ")
                + "\(rejection.message) (\(rejection.code)\(place))"
        }
        let unlisted = document.rejectedCount - document.rejected.count
        if unlisted > 0 { lines.append("and \(unlisted) more that were rejected") }
        lines.append(
            "accepted \(document.accepted), duplicates \(document.duplicates), "
                + "rejected \(document.rejectedCount); last position \(document.lastPosition)")
        return lines.joined(separator: "\n")
    }
}

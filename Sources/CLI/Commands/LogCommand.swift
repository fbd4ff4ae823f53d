import Actions
import ArgumentParser
import Audit
import EventLog
import Events
import Projection
import Records

/// Shows entries.
struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show entries of the log.",
        discussion: """
            With --json one JSON object a line, so that it can be followed. With --follow it \
            goes on until it is stopped, or until what --until says has passed.

            Example: tidemark log --since 2026-01-31T12:00:00Z --kind intent
                     tidemark log --follow
            """)

    @Flag(help: "Go on as entries are appended.")
    var follow = false

    @Option(help: "From this time or position on.")
    var since: String?

    @Option(help: "Up to this time or position.")
    var until: String?

    @Option(help: "Only this kind: event, configuration, intent, outcome, decision.")
    var kind: EntryKind?

    @Option(help: "Only entries about this key, as Object:field=value.")
    var key: String?

    @Flag(help: "Show why actions did not apply to events instead.")
    var skipped = false

    @OptionGroup var options: GlobalOptions

    private static let pageCountMax = 1_000
    private static let pageBytesMax = 8 << 20
    private static let followInterval: Duration = .milliseconds(200)
    private static let skippedCountMax = 1_000

    func run() async throws {
        try await running {
            let session = try await ReadingSession(try options.configuration())
            defer { session.close() }
            if skipped {
                try printSkipped(session)
            } else {
                try await printEntries(session)
            }
        }
    }

    private func printEntries(_ session: ReadingSession) async throws {
        let end = try until.map { (text) throws(CommandFailure) in try Times.Point(text) }
        var only = try key.map { try KeyFollowing($0, session) }
        var next =
            try since.map { (text) throws(CommandFailure) in
                try Times.Point(text).first(in: session.log)
            } ?? 1
        while true {
            // Asked before the entries are read: what came in time is then among them.
            let isLastLook = !follow || end?.isOver(next: next, now: Clocks.wall()) == true
            let folded = follow ? try only?.advance() : nil
            let entries = try page(from: next, through: folded, session.log)
            for entry in entries {
                guard end?.isBefore(entry) != true else {
                    try StandardStreams.flush()
                    return
                }
                next = entry.position.number + 1
                guard kind == nil || entry.kind == kind, try only?.holds(entry) ?? true else {
                    continue
                }
                try print(EntryDocument(entry))
            }
            // A pipe or a file would otherwise wait for kilobytes before its reader sees a line.
            guard try StandardStreams.flush() else { return }
            guard entries.isEmpty else { continue }
            if isLastLook { return }
            try await Task.sleep(for: Self.followInterval)
        }
    }

    /// - Parameter end: entries behind it are for a later look; `nil` for none.
    private func page(
        from next: UInt64, through end: UInt64?, _ log: LogReader
    ) throws -> ArraySlice<Entry> {
        if let end, end < next { return [] }
        let entries = try log.entries(
            after: Position(next - 1), countMax: Self.pageCountMax, bytesMax: Self.pageBytesMax)
        return entries.prefix { $0.position.number <= end ?? .max }
    }

    private func print(_ document: EntryDocument) throws {
        if options.json {
            Swift.print(try document.jsonLine())
        } else {
            Swift.print(document.text)
        }
    }

    private struct SkippedDocument: Encodable {
        let position: UInt64
        let action: String
        let reason: String
    }

    private func printSkipped(_ session: ReadingSession) throws {
        let inForce = try session.configurationInForce()
        let found = try session.state.skipped(countMax: Self.skippedCountMax).map { row in
            SkippedDocument(
                position: row.position, action: inForce?.entry.actionName(row.action) ?? "",
                reason: row.reason)
        }
        try options.output.print(found) { _ in
            var table = TextTable()
            for row in found { table.add(["\(row.position)", row.action, row.reason]) }
            return found.isEmpty ? "no event was skipped" : table.text
        }
    }
}

extension EntryKind: ExpressibleByArgument {
    package init?(argument: String) {
        guard let kind = EntryKind.allCases.first(where: { $0.name == argument }) else {
            return nil
        }
        self = kind
    }

    package static var allValueStrings: [String] { allCases.map(\.name) }
}

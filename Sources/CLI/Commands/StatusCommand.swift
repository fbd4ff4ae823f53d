import Actions
import ArgumentParser
import Audit
import Delivery
import EventLog
import LMDB
import Projection

/// How far everything is.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show positions, lag, keys by state, API use, and what is wrong.",
        discussion: "Example: tidemark status --json")

    @OptionGroup var options: GlobalOptions

    fileprivate struct Document: Encodable {
        struct LogPart: Encodable {
            let lastPosition: UInt64
        }
        struct ProjectionPart: Encodable {
            let position: UInt64
            let lag: UInt64
            /// Objects whose description is missing: events wait for it.
            let undescribed: [String]
        }
        struct Keys: Encodable {
            let settled: Int
            let dirty: Int
            let inDoubt: Int
            let parked: [String: Int]
        }
        struct Use: Encodable {
            @NullWhenAbsent var used: Int?
            @NullWhenAbsent var limit: Int?
        }
        struct Storage: Encodable {
            let logBytes: Int
            let diskFreeBytes: Int
            let diskBytes: Int
            /// Of the disk, or of the log's map where that is fuller.
            let usedPercent: Int
            /// `disk` or `map`, from the share on at which a person should make room.
            @NullWhenAbsent var filling: String?
        }
        struct Stop: Encodable {
            let object: String
            let reason: String
            let since: String
        }
        struct Source: Encodable {
            let name: String
            let events: Int
            @NullWhenAbsent var lastSeen: String?
        }
        struct Destination: Encodable {
            let name: String
            let enabled: Bool
        }
        struct Server: Encodable {
            let processId: Int32
            let ingest: String
        }
        struct InForce: Encodable {
            @NullWhenAbsent var position: UInt64?
            @NullWhenAbsent var hash: String?
            /// Why the file is not what is in force.
            @NullWhenAbsent var refused: Refused?
        }
        struct Refused: Encodable {
            /// When a server was told to take it up; absent when it has not been told.
            @NullWhenAbsent var at: String?
            let problems: [String]
        }

        let log: LogPart
        let storage: Storage
        let configuration: InForce
        /// Those of the configuration first, then those that only the log knows.
        let sources: [Source]
        let destination: Destination
        let projection: ProjectionPart
        let keys: Keys
        /// Events whose action could not tell which record they are about.
        let skipped: Int
        /// Keys with a field that Salesforce's own automation rewrites.
        let rewritten: Int
        let api: Use
        @NullWhenAbsent var paused: PauseDocument?
        /// Objects whose keys wait, each with the reason and since when.
        let stopped: [Stop]
        /// The newest among the latest answers of Salesforce, and what it came to.
        @NullWhenAbsent var lastError: LastError?
        @NullWhenAbsent var server: Server?
    }

    func run() async throws {
        try await running {
            let (configuration, fault) = try options.configurationInPart()
            let hello = await ControlClient(DataFolder(path: configuration.data)).hello()
            // What a server does goes on, whatever has become of its file.
            if let fault, hello == nil { throw fault }
            let session = try await ReadingSession(configuration)
            defer { session.close() }
            let document = try document(session, hello, configuration, fault)
            try options.output.print(document) { style in text(document, style) }
        }
    }

    private func document(
        _ session: ReadingSession, _ hello: ControlMessage.Hello?, _ configuration: Configuration,
        _ fault: ConfigurationError?
    ) throws -> Document {
        let checkpoint = try session.state.checkpoint()
        let last = try session.log.lastPosition().number
        let counts = StatusCounts(try session.state.counts())
        let use = try session.state.apiUse()
        let inForce = try session.configurationInForce()
        return Document(
            log: .init(lastPosition: last), storage: .init(try session.log.usage()),
            configuration: .init(
                position: inForce?.position, hash: inForce?.hash,
                refused: Self.refused(hello, fault)),
            sources: try sources(session, configuration),
            destination: .init(
                name: configuration.salesforce.name,
                enabled: configuration.salesforce.isEnabled),
            projection: .init(
                position: checkpoint, lag: last - min(last, checkpoint),
                undescribed: inForce?.entry.undescribedObjects ?? []),
            keys: .init(
                settled: counts.settled, dirty: counts.dirty, inDoubt: counts.inDoubt,
                parked: counts.parked),
            skipped: try session.state.skippedCount(),
            rewritten: try session.state.rewrittenCount(),
            api: .init(used: use?.used, limit: use?.limit),
            paused: try CurrentPause.read(log: session.log, state: session.state).map {
                PauseDocument(reason: $0.reason, since: Times.text($0.since))
            },
            stopped: try session.state.stoppedObjects().map {
                .init(object: $0.object, reason: $0.reason, since: Times.text($0.since))
            },
            lastError: try LastError.read(log: session.log),
            server: hello.map { .init(processId: $0.processID, ingest: $0.ingest) })
    }

    private static func refused(
        _ hello: ControlMessage.Hello?, _ fault: ConfigurationError?
    ) -> Document.Refused? {
        if let fault { return .init(at: nil, problems: fault.problems.map(\.description)) }
        return hello?.refused.map { refused in
            let lines = refused.problems.split(separator: "\n").map(String.init)
            return .init(at: Times.text(refused.at), problems: lines)
        }
    }

    private func sources(
        _ session: ReadingSession, _ configuration: Configuration
    ) throws -> [Document.Source] {
        let totals = try SourceCounts.read(state: session.state, log: session.log)
        let configured = configuration.ingest.sources.map(\.name)
        let others = totals.keys.filter { !configured.contains($0) }.sorted()
        return (configured + others).map { name in
            Document.Source(
                name: name, events: totals[name]?.eventCount ?? 0,
                lastSeen: totals[name].map { Times.text($0.lastReceivedAt) })
        }
    }

    private func text(_ document: Document, _ style: Style) -> String {
        var table = TextTable()
        table.add(["log", "last position \(document.log.lastPosition)"])
        table.add(["disk", document.storage.text])
        for source in document.sources {
            let seen = source.lastSeen.map { ", last at \($0)" } ?? ""
            table.add(["source \(source.name)", source.events.of("event") + seen])
        }
        let destination = document.destination
        table.add([
            "destination",
            destination.name + (destination.enabled ? "" : ", disabled: nothing is sent"),
        ])
        let lag = document.projection.lag
        table.add([
            "projection",
            "position \(document.projection.position)" + (lag > 0 ? ", \(lag) behind" : ""),
        ])
        if !document.projection.undescribed.isEmpty {
            table.add([
                "",
                "waits for Salesforce to describe "
                    + document.projection.undescribed.joined(separator: ", "),
            ])
        }
        let keys = document.keys
        table.add([
            "keys", "settled \(keys.settled), dirty \(keys.dirty), in doubt \(keys.inDoubt)",
        ])
        for (reason, count) in keys.parked.sorted(by: { $0.key < $1.key }) {
            table.add(["", "parked \(count): \(reason)"])
        }
        if document.skipped > 0 {
            table.add(["skipped", "\(document.skipped.of("event")) (`tidemark log --skipped`)"])
        }
        if document.rewritten > 0 {
            table.add([
                "rewritten",
                "\(document.rewritten.of("key")) with a field that Salesforce rewrites",
            ])
        }
        if let used = document.api.used, let limit = document.api.limit {
            table.add(["API requests", "\(used) of \(limit) in 24 hours"])
        }
        if let error = document.lastError { table.add(["last error", error.text]) }
        if let server = document.server {
            table.add(["server", "process \(server.processId), ingest on \(server.ingest)"])
        } else {
            table.add(["server", "none runs"])
        }
        let lines = warnings(document).map(style.yellow) + troubles(document).map(style.red)
        return ([table.text] + lines).joined(separator: "\n")
    }

    /// What will be wrong if nobody does anything.
    private func warnings(_ document: Document) -> [String] {
        guard let filling = document.storage.filling else { return [] }
        return [
            "the \(filling) is \(document.storage.usedPercent)% full: make room; once it is full, "
                + "events are refused until there is some"
        ]
    }

    /// What is wrong, and since when.
    private func troubles(_ document: Document) -> [String] {
        let stops = document.stopped.map {
            "\($0.object) is stopped since \($0.since): \($0.reason)"
        }
        let refused = document.configuration.refused.map { refused in
            let since = refused.at.map { "was refused at \($0)" } ?? "cannot be used"
            return ["\(options.config) \(since); the configuration before it stays in force:"]
                + refused.problems.map { "  \($0)" }
        }
        return stops + (refused ?? [])
            + [document.paused].compactMap(\.self).map { "paused since \($0.since): \($0.reason)" }
    }
}

extension LastError {
    /// A pause or a stop that lasts is said by itself, with its reason.
    fileprivate var text: String {
        [at + ":", object, code, "(position \(position))"].compactMap(\.self)
            .joined(separator: " ")
    }
}

extension Status.Document.Storage {
    init(_ usage: EnvironmentUsage) {
        let (place, percent) = usage.fullest
        self.init(
            logBytes: usage.usedBytes, diskFreeBytes: usage.diskFreeBytes,
            diskBytes: usage.diskBytes, usedPercent: percent,
            filling: usage.isWarning ? place.rawValue : nil)
    }

    var text: String {
        "log \(logBytes.bytesText), \(diskFreeBytes.bytesText) free of \(diskBytes.bytesText)"
    }
}

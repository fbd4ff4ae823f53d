import Actions
import ArgumentParser
import EventLog
import Projection
import Records

/// Makes a range of events count again.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the keys of a range of events dirty; only real differences are then sent.",
        discussion: """
            The next sync, or serve, compares those keys with Salesforce again. Replaying what \
            already agrees sends nothing.

            Example: tidemark replay --from 2026-01-31T12:00:00Z
                     tidemark replay --from 1 --object Contact
            """)

    @Option(help: "From this time or position on.")
    var from: String

    @Option(help: "Up to this time or position.")
    var to: String?

    @Option(help: "Only this object's keys.")
    var object: String?

    @Option(help: "Only this key, as field=value; needs --object.")
    var key: String?

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        let from: UInt64
        let through: UInt64
        let position: UInt64
    }

    func validate() throws {
        if key != nil, object == nil { throw ValidationError("--key needs --object") }
    }

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let range = try await range(configuration)
            let door = try await WritingDoor(configuration)
            defer { door.close() }
            let position = try await door.decide(.replay(range))
            let document = Document(from: range.from, through: range.through, position: position)
            let next = door.isServed ? "the running server" : "`tidemark sync`"
            try options.output.print(document) { _ in
                "the keys of positions \(range.from) to \(range.through) are dirty; "
                    + "\(next) compares them again"
            }
        }
    }

    private func range(_ configuration: Configuration) async throws -> ReplayRange {
        let session = try await ReadingSession(configuration)
        defer { session.close() }
        let last = try session.log.lastPosition().number
        let first = try Times.Point(from).first(in: session.log)
        let through =
            try to.map { (text) throws(CommandFailure) in
                try Times.Point(text).last(in: session.log)
            } ?? last
        guard first <= through, first <= last else {
            throw CommandFailure.failed(
                "the log's last position is \(last): there is nothing from \(from) on"
                    + (to.map { " up to \($0)" } ?? ""))
        }
        let inForce = try session.configurationInForce()
        if let object, let inForce {
            try KeySelection(state: session.state, configuration: inForce.entry)
                .checkWritten(object)
        }
        var only: MatcherKey?
        if let key, let object, let inForce {
            only = try KeySelection(state: session.state, configuration: inForce.entry)
                .key(object, [key])
        }
        return ReplayRange(from: first, through: min(through, last), object: object, key: only)
    }
}

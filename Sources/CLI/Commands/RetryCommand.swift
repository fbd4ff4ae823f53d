import Actions
import ArgumentParser
import Audit
import Projection
import Records

/// Lets parked keys go.
struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let parked keys go: they are looked at again by the next sync or by serve.",
        discussion: """
            The decision is recorded in the log. For held deletes it is the approval.

            Example: tidemark retry Contact Email=ann@example.com
                     tidemark retry --reason rejected
            """)

    @Argument(
        help: ArgumentHelp(
            "An object and matcher values, or a record id.", valueName: "object field=value … | id")
    )
    var selection: [String] = []

    @Option(help: "All keys parked for this reason.")
    var reason: ParkReason?

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        let released: Int
        @NullWhenAbsent var position: UInt64?
    }

    func validate() throws {
        guard selection.isEmpty != (reason == nil) else {
            throw ValidationError(
                selection.isEmpty
                    ? "name a key, such as `Contact Email=ann@example.com`, or a --reason"
                    : "name a key or a --reason, not both")
        }
    }

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let keys = try await keys(configuration)
            let position = try await release(keys, configuration)
            let document = Document(released: keys.count, position: position)
            try options.output.print(document) { _ in
                "released \(keys.count.of("key"))" + (position.map { ", position \($0)" } ?? "")
            }
        }
    }

    /// Many keys are several decisions: what was recorded before one fails stays so.
    ///
    /// - Returns: the position of the last decision; `nil` without keys.
    private func release(
        _ keys: [MatcherKey], _ configuration: Configuration
    ) async throws -> UInt64? {
        guard !keys.isEmpty else { return nil }
        let door = try await WritingDoor(configuration)
        defer { door.close() }
        var position: UInt64?
        for decision in DecisionEntry.retries(of: keys) {
            do {
                position = try await door.decide(decision)
            } catch {
                guard let position else { throw error }
                throw CommandFailure.failed(
                    "\(error); some keys were released before, up to position \(position): run the "
                        + "command again for the others")
            }
        }
        return position
    }

    private func keys(_ configuration: Configuration) async throws -> [MatcherKey] {
        let session = try await ReadingSession(configuration)
        defer { session.close() }
        let parked = try ParkedKeys(state: session.state).items(reason: reason)
        guard reason == nil else { return parked.map(\.reference) }
        guard let inForce = try session.configurationInForce() else { return [] }
        let named = try KeySelection(
            state: session.state, configuration: inForce.entry
        ).records(selection).map(\.reference)
        let keys = parked.map(\.reference).filter(named.contains)
        guard !keys.isEmpty else {
            throw CommandFailure.failed(
                "\(selection.joined(separator: " ")) is not parked; `tidemark parked` lists what is"
            )
        }
        return keys
    }
}

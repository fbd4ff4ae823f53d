import ArgumentParser
import Audit
import Projection

/// What is set aside.
struct Parked: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the keys that wait for a person, with the reason.",
        discussion: "Example: tidemark parked --reason ambiguous")

    @Option(help: "Only this reason.")
    var reason: ParkReason?

    @Option(help: "Only this object.")
    var object: String?

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        let parked: [ParkedKeys.Item]
    }

    func run() async throws {
        try await running {
            let session = try await ReadingSession(try options.configuration())
            defer { session.close() }
            let items = try ParkedKeys(state: session.state).items(reason: reason, object: object)
            try options.output.print(Document(parked: items)) { style in text(items, style) }
        }
    }

    private func text(_ items: [ParkedKeys.Item], _ style: Style) -> String {
        guard !items.isEmpty else { return "nothing is parked" }
        return items.map { item in
            style.yellow("\(item.reason.rawValue) \(item.status)")
                + " \(item.object) \(PlanText.key(item.key))\n    \(item.message)"
                + item.recordIds.map { "\n    \($0)" }.joined()
        }.joined(separator: "\n")
    }
}

extension ParkReason: ExpressibleByArgument {}

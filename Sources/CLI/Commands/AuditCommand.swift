import ArgumentParser
import Audit

/// Everything sent, and what could not be.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show every operation sent, and every key blocked, with its outcome.",
        discussion: """
            Example: tidemark audit --since 2026-01-01T00:00:00Z --object Contact
                     tidemark audit --status 300 --export csv > ambiguous.csv
            """)

    enum Export: String, ExpressibleByArgument, CaseIterable {
        case csv, ndjson
    }

    @Option(help: "From this time or position on.")
    var since: String?

    @Option(help: "Up to this time or position.")
    var until: String?

    @Option(help: "Only this object.")
    var object: String?

    @Option(help: "Only this status: 200, 201, 300, 400, 404.")
    var status: Int?

    @Option(help: "Print as csv or ndjson.")
    var export: Export?

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        let operations: [AuditItem]
    }

    func run() async throws {
        try await running {
            let session = try await ReadingSession(try options.configuration())
            defer { session.close() }
            var filter = AuditFilter()
            filter.from =
                try since.map { (text) throws(CommandFailure) in
                    try Times.Point(text).first(in: session.log)
                } ?? 1
            filter.through =
                try until.map { (text) throws(CommandFailure) in
                    try Times.Point(text).last(in: session.log)
                } ?? .max
            filter.object = object
            filter.status = status
            let items = try AuditTrail(log: session.log).items(filter)
            switch export {
            case .csv: print(try AuditExport.csv(items), terminator: "")
            case .ndjson: print(try AuditExport.ndjson(items), terminator: "")
            case nil:
                try options.output.print(Document(operations: items)) { _ in text(items) }
            }
        }
    }

    private func text(_ items: [AuditItem]) -> String {
        guard !items.isEmpty else { return "nothing was sent or blocked here" }
        var table = TextTable(["id", "at", "object", "operation", "key", "outcome", "fields"])
        for item in items {
            let fields = item.fields.sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value.text)" }.joined(separator: " ")
            let problem = item.error.map { "\($0.code): \($0.message)" }
            let status = item.status.map { " \($0)" } ?? ""
            table.add([
                item.id, item.at, item.object, item.operation,
                item.keys.map(PlanText.key).joined(separator: " and "),
                item.outcome.rawValue + status, problem ?? fields,
            ])
        }
        return table.text
    }
}

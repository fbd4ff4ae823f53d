import Actions
import ArgumentParser
import Audit
import Delivery
import Projection
import Records
import Salesforce

/// Why a record holds what it holds.
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Show why a record holds what it holds: for each field the event, action and sending.",
        discussion: """
            Example: tidemark explain Contact Email=ann@example.com
                     tidemark explain 0035g00000XyZ12AAB
            """)

    @Argument(
        help: ArgumentHelp(
            "An object and matcher values, or a record id.", valueName: "object field=value … | id")
    )
    var selection: [String]

    @Flag(help: "Do not ask Salesforce what it holds now.")
    var offline = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let session = try await ReadingSession(configuration)
            defer { session.close() }
            guard let inForce = try session.configurationInForce() else {
                throw CommandFailure.failed(
                    "the log holds no configuration yet; run `tidemark sync`")
            }
            let key = try KeySelection(
                state: session.state, configuration: inForce.entry
            ).record(selection)
            let record = try SharedRecord(key, in: session.state)
            let observed = await observe(record, configuration, inForce.entry)
            let explanation = try ExplanationBuilder(
                log: session.log, state: session.state, configuration: inForce.entry
            ).explanation(of: record, observed: observed)
            try options.output.print(explanation) { style in
                ExplanationText(explanation, wasAsked: observed != nil, style).text
            }
        }
    }

    /// What Salesforce holds now. An explanation is worth having without it, so a failure is a
    /// remark.
    private func observe(
        _ record: SharedRecord, _ configuration: Configuration, _ entry: ConfigurationEntry
    ) async -> Record? {
        let object = record.asked.object
        guard !offline, let id = record.asked.delivery.link,
            let description = entry.descriptions.first(where: { $0.name == object })
        else { return nil }
        do {
            let connection = try SalesforceConnection(
                configuration, organization: entry.organizationID,
                logger: Diagnostics.logger(.critical))
            let fields = record.fieldNames.filter { description.field($0) != nil }
            let found: [Record]
            do {
                found = try await connection.client.query(
                    Query(
                        object: object, fields: fields,
                        where: .equals(field: "Id", .id(id))))
            } catch {
                try await connection.close()
                throw error
            }
            try await connection.close()
            return found.first
        } catch {
            StandardError.write("tidemark: Salesforce was not asked: \(CommandFailure(error))")
            return nil
        }
    }
}

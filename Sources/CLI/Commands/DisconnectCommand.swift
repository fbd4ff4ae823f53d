import Actions
import ArgumentParser
import AsyncHTTPClient
import Salesforce

/// Gives the grant back.
struct Disconnect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End the grant at Salesforce and forget it. The log, links and state stay.",
        discussion: """
            The data folder stays bound to its org: `tidemark connect` with the same org goes on \
            where it stopped.

            Example: tidemark disconnect
                     tidemark disconnect --local    (when Salesforce cannot be reached)
            """)

    @Flag(help: "Only forget the grant here; end it in Setup by hand.")
    var local = false

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        let flow: String
        let forgotten: Bool
        let revoked: Bool
    }

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let document = try await disconnect(configuration)
            try options.output.print(document) { _ in text(document, configuration) }
        }
    }

    private func disconnect(_ configuration: Configuration) async throws -> Document {
        let flow = configuration.salesforce.auth.flow.rawValue
        guard let vault = try configuration.grantVault(), let grant = try vault.load() else {
            return Document(flow: flow, forgotten: false, revoked: false)
        }
        if !local { try await revoke(grant, configuration) }
        try vault.remove()
        return Document(flow: flow, forgotten: true, revoked: !local)
    }

    private func revoke(_ grant: StoredGrant, _ configuration: Configuration) async throws {
        let settings = try ClientSettings(configuration, keepsToShare: false)
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: settings.limits.httpConfiguration)
        let result: Result<Void, SalesforceError>
        do throws(SalesforceError) {
            result = .success(try await Connector(settings: settings, http: http).revoke(grant))
        } catch {
            // What Salesforce does not know any more is ended already.
            if case .notAuthorized = error {
                result = .success(())
            } else {
                result = .failure(error)
            }
        }
        try await http.shutdown()
        do throws(SalesforceError) { try result.get() } catch {
            throw CommandFailure.failed(
                "the grant could not be ended at Salesforce and was kept: \(error); run the "
                    + "command again, or with --local to only forget it")
        }
    }

    private func text(_ document: Document, _ configuration: Configuration) -> String {
        if document.forgotten {
            return document.revoked
                ? "disconnected: the grant is ended at Salesforce and forgotten here"
                : "the grant is forgotten here; end it in Setup, Connected Apps OAuth Usage"
        }
        guard configuration.salesforce.auth.flow == .web else {
            return "the flow \(document.flow) stores no grant: take the credentials out of "
                + "\(configuration.file), and disable the flow in the app"
        }
        return "there was no grant"
    }
}

import Actions
import ArgumentParser
import Delivery
import EventLog
import Ingest
import Logging
import ServiceLifecycle

/// The server: takes events in and keeps Salesforce true to them.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take events in over HTTP and keep Salesforce true to them, until SIGTERM.",
        discussion: """
            Example: tidemark serve --config tidemark.yaml
            SIGTERM or Control-C drains: what was accepted is durable, what was sent is recorded. \
            SIGHUP takes up changed actions; a file with problems is refused, and `tidemark \
            status` shows them.
            """)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let keys = try writeKeys(configuration)
            let logger = Diagnostics.logger(.info)
            let session = try await DeliverySession(configuration, logger: logger)
            do {
                try await serve(session, configuration, keys, logger)
            } catch {
                try await session.close()
                throw error
            }
            try await session.close()
        }
    }

    /// Services in the order of their dependencies; shutdown goes the other way, so the doors close
    /// first.
    private func serve(
        _ session: DeliverySession, _ configuration: Configuration, _ keys: WriteKeys,
        _ logger: Logger
    ) async throws {
        let log = session.writing.log
        let environment = Clocks.deliveryEnvironment
        let listen = configuration.ingest.listen
        let delivery = DeliveryService(
            engine: session.engine, log: log, limits: session.settings.limits,
            environment: environment, logger: logger)
        let address = IngestAddress(listen)
        let refused = RefusedConfiguration()
        let reloading = Reloading(
            options: options, started: configuration, session: session, refused: refused,
            logger: logger)
        let control = ControlServer(
            folder: DataFolder(path: configuration.data), log: log, engine: session.engine,
            ingestAddress: address, refused: refused, logger: Diagnostics.logger(.warning)
        ).service()
        let ingest = IngestServer.service(
            host: listen.host, port: listen.port, keys: keys, log: log,
            limits: IngestLimits(configuration.ingest.limits),
            origins: AllowedOrigins(configuration.ingest.allowedOrigins),
            logger: logger, now: Clocks.wall,
            onListening: { port in
                address.isListening(on: port)
                logger.info(
                    "ingest listens", metadata: ["host": "\(listen.host)", "port": "\(port)"])
            })
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(
                service: StoreCare(log: log, state: session.projector.state, logger: logger)),
            .init(service: reloading),
        ]
        if configuration.salesforce.isEnabled {
            services.append(.init(service: delivery))
        } else {
            logger.notice("salesforce.enabled is false: events are kept and nothing is sent")
        }
        services += [.init(service: control), .init(service: ingest)]
        let group = ServiceGroup(
            configuration: .init(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        try await group.run()
    }

    private func writeKeys(_ configuration: Configuration) throws -> WriteKeys {
        WriteKeys(try configuration.writeKeys().map { ($0.source, $0.key) })
    }
}

import EventLog
import Events
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP door: makes the service that takes events in.
package enum IngestServer {
    /// Builds the server. It listens once the service runs, and on graceful shutdown answers what
    /// it has begun and closes.
    ///
    /// - Parameters:
    ///   - host: an address or name to listen on.
    ///   - port: 0 lets the system choose; see `onListening`.
    ///   - origins: the web pages that may send from a browser.
    ///   - log: must stay open until the service has ended.
    ///   - now: milliseconds since 1970-01-01T00:00:00Z; stamps `receivedAt`.
    ///   - makeMessageID: for events without one; must never repeat itself.
    ///   - onListening: called with the port once connections are accepted.
    package static func service(
        host: String, port: Int, keys: WriteKeys, log: LogWriter, limits: IngestLimits = .init(),
        origins: AllowedOrigins = .init(), logger: Logger, now: @escaping @Sendable () -> Int64,
        makeMessageID: @escaping @Sendable () -> String = MessageIDs.random,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> some Service {
        let responder = IngestResponder(
            keys: keys, limits: limits,
            acceptance: EventAcceptance(limits: limits.batch, makeMessageID: makeMessageID),
            log: log, now: now, budget: BodyBudget(bytesMax: limits.bodyBytesInFlightMax),
            storage: StorageHealth(), rate: EventRate(perSecond: limits.eventsPerSecondMax),
            origins: origins)
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { IngestChannel(responder: $0, limits: limits) },
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    limits.connectionsMax, logger: logger)),
            onServerRunning: { channel in
                await onListening(channel.localAddress?.port ?? port)
            },
            logger: logger)
        return Door(server: application, address: "\(host):\(port)")
    }
}

/// A server that says where it could not listen.
private struct Door<Server: Service>: Service {
    let server: Server
    let address: String

    /// - Throws: ``IngestError/cannotListen(address:reason:)``. Errors of single connections stay
    ///   with them.
    func run() async throws {
        do {
            try await server.run()
        } catch let error as IOError {
            throw IngestError.cannotListen(
                address: address, reason: IngestError.text(error.errnoCode))
        } catch is SocketAddressError.UnknownHost {
            throw IngestError.cannotListen(address: address, reason: "the name is not known")
        }
    }
}

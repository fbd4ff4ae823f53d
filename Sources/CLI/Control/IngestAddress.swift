import Actions
import Synchronization

/// Where the door of a running server listens: the configured address, with the port that the
/// system chose when the configured one is 0.
final class IngestAddress: Sendable {
    private let host: String
    /// Set once, by the door, when it listens; read by the control socket.
    private let port: Mutex<Int>

    init(_ configured: ListenAddress) {
        host = configured.host
        port = Mutex(configured.port)
    }

    func isListening(on port: Int) { self.port.withLock { $0 = port } }

    var text: String { "\(ListenAddress(host: host, port: port.withLock { $0 }))" }
}

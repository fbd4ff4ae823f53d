import NIOCore
import Synchronization

/// Remembers whether a request's body was asked for.
///
/// async-http-client pulls a streamed body only when a connection is there and the head has been
/// written. While nothing was pulled, the request cannot have been executed: the difference between
/// "send it again" and fifteen minutes of doubt.
final class SendingProbe: Sendable {
    private let started = Atomic<Bool>(false)

    var hasStarted: Bool { started.load(ordering: .acquiring) }

    func markStarted() { started.store(true, ordering: .releasing) }
}

/// A body of one part that marks its probe when it is asked for.
struct ProbedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let bytes: ByteBuffer
    let probe: SendingProbe

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var bytes: ByteBuffer?
        fileprivate let probe: SendingProbe

        mutating func next() async -> ByteBuffer? {
            probe.markStarted()
            defer { bytes = nil }
            return bytes
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(bytes: bytes, probe: probe) }
}

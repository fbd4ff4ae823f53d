import Synchronization

/// What the writer's thread tells everybody else: how far the log goes, and whether it goes on.
final class LogProgress: Sendable {
    private struct State {
        var lastPosition: Position
        var isBroken = false
        var isEnded = false
        var nextStream = 0
        var streams: [Int: AsyncStream<Position>.Continuation] = [:]
    }

    private let state: Mutex<State>

    init(lastPosition: Position) { state = Mutex(State(lastPosition: lastPosition)) }

    /// The last durable position.
    var lastPosition: Position { state.withLock { $0.lastPosition } }
    var isBroken: Bool { state.withLock { $0.isBroken } }

    /// A commit succeeded: everything up to `position` is durable.
    func advance(to position: Position) {
        state.withLock { state in
            state.lastPosition = position
            for stream in state.streams.values { stream.yield(position) }
        }
    }

    func markBroken() { state.withLock { $0.isBroken = true } }

    /// A stream of last positions, the present one first. A slow consumer skips to the newest.
    func positions() -> AsyncStream<Position> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = state.withLock { state -> Int? in
                continuation.yield(state.lastPosition)
                guard !state.isEnded else { return nil }
                state.nextStream += 1
                state.streams[state.nextStream] = continuation
                return state.nextStream
            }
            guard let number else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in self?.forget(number) }
        }
    }

    private func forget(_ number: Int) {
        // Released after the lock: its own termination must not come back in here.
        let forgotten = state.withLock { $0.streams.removeValue(forKey: number) }
        _ = forgotten
    }

    /// Ends every stream.
    func end() {
        let streams = state.withLock { state in
            state.isEnded = true
            defer { state.streams = [:] }
            return Array(state.streams.values)
        }
        for stream in streams { stream.finish() }
    }
}

import Foundation
import Synchronization

/// A bar on standard error, on a terminal only, for what takes longer than a second.
final class ProgressBar: Sendable {
    private struct State {
        var begun = ContinuousClock.now
        var drawn: ContinuousClock.Instant?
    }

    private static let delay: Duration = .seconds(1)
    private static let redrawInterval: Duration = .milliseconds(200)
    private static let width = 30

    private let label: String
    private let isTerminal: Bool
    private let state = Mutex(State())

    init(_ label: String) {
        self.label = label
        isTerminal = isatty(2) == 1
    }

    /// - Parameter total: `nil` when the end is not known.
    func update(_ done: Int, of total: Int?, unit: String) {
        update(done, of: total) { _ in "\(done) \(unit)" }
    }

    /// - Parameter text: what stands behind the bar, given the time since the beginning.
    func update(_ done: Int, of total: Int?, text: (Duration) -> String) {
        guard isTerminal, isDue() else { return }
        var line = "\r\u{1B}[K\(label) "
        if let total, total > 0 {
            let filled = min(Self.width, done * Self.width / total)
            line += "[" + String(repeating: "#", count: filled)
            line += String(repeating: "-", count: Self.width - filled) + "] "
            line += "\(min(100, done * 100 / total))% "
        }
        line += text(ContinuousClock.now - state.withLock(\.begun))
        StandardStreams.complain(line)
    }

    /// Removes the bar.
    func finish() {
        guard isTerminal, state.withLock({ $0.drawn != nil }) else { return }
        StandardStreams.complain("\r\u{1B}[K")
    }

    private func isDue() -> Bool {
        state.withLock { state in
            let now = ContinuousClock.now
            guard now - state.begun > Self.delay else { return false }
            if let drawn = state.drawn, now - drawn < Self.redrawInterval { return false }
            state.drawn = now
            return true
        }
    }
}

import Delivery
import Foundation

/// The machine's time and chance: the only place where they enter.
enum Clocks {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    @Sendable static func wall() -> Int64 {
        Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down))
    }

    /// Bytes that nobody can guess.
    static func randomBytes(count: Int) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<count).map { _ in random.next() }
    }

    static let deliveryEnvironment: DeliveryEnvironment = {
        let origin = ContinuousClock.now
        return DeliveryEnvironment(
            wallClock: wall,
            monotonicClock: { ContinuousClock.now - origin },
            sleep: { try await Task.sleep(for: $0, clock: .continuous) },
            random: { Double.random(in: 0..<1) })
    }()
}

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

    static let deliveryEnvironment = DeliveryEnvironment(
        wallClock: wall, monotonicClock: sinceBoot, boot: Boot.name,
        sleep: { try await Task.sleep(for: $0, clock: .continuous) },
        random: { Double.random(in: 0..<1) })

    /// Time since the machine was booted, sleep included. Where there is no such clock, since some
    /// other moment; then the boot has no name, and no process compares it with another's.
    @Sendable private static func sinceBoot() -> Duration {
        var time = timespec()
        #if os(Linux)
        clock_gettime(CLOCK_BOOTTIME, &time)
        #else
        clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

/// The machine's boot, as all its processes that share a clock name it.
private enum Boot {
    /// `nil` where the system does not tell. A container may count the time since boot from
    /// elsewhere, so its time namespace belongs to the name.
    static let name: String? = {
        let files = FileManager.default
        // Unreadable or absent: the boot has no name, and each process begins its own fences.
        guard
            let id = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        else { return nil }
        let trimmed = id.trimmingCharacters(in: .whitespacesAndNewlines)
        // Kernels before 5.6 have none: there is one clock only.
        let namespace = try? files.destinationOfSymbolicLink(atPath: "/proc/self/ns/time")
        return trimmed.isEmpty ? nil : trimmed + (namespace.map { " " + $0 } ?? "")
    }()
}

/// A moment by a machine's clock, counted from its boot: told by every process of that boot alike,
/// and never set back. Moments of different boots cannot be compared.
package struct BootMoment: Sendable, Hashable, Codable {
    /// Which boot of which machine.
    package let boot: String
    /// Milliseconds since then.
    package let milliseconds: Int64

    package init(boot: String, milliseconds: Int64) {
        self.boot = boot
        self.milliseconds = milliseconds
    }

    /// Whether `later` is known to be no earlier: the machine has not been booted in between.
    package func isKnownBefore(_ later: BootMoment) -> Bool {
        boot == later.boot && milliseconds <= later.milliseconds
    }
}

import Foundation

/// Random numbers that a seed repeats (SplitMix64).
///
/// Use it as `@Test(arguments: SeededGenerator.seeds(count: 20))`: a failing test then names its
/// argument, which is the seed, and `TIDEMARK_TEST_SEED=<seed>` runs that one alone.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// `count` seeds, the same ones in every run; or only that of `TIDEMARK_TEST_SEED`. With the
    /// value `random` there, `count` new ones.
    package static func seeds(count: Int) -> [UInt64] {
        let wanted = ProcessInfo.processInfo.environment["TIDEMARK_TEST_SEED"]
        if wanted == "random" { return (0..<count).map { _ in UInt64.random(in: 0...UInt64.max) } }
        if let seed = wanted.flatMap({ UInt64($0) }) { return [seed] }
        return (1...UInt64(max(1, count))).map { $0 }
    }

    /// A number in `range`.
    package mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    /// `count` random bytes.
    package mutating func bytes(count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// A number from zero up to, not including, `bound`.
    package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// One of the elements; the array must not be empty.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// True once in `count` times.
    package mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }
}

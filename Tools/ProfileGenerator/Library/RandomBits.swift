/// A stream of random bits that depends on nothing but what it was made from.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014). Every
/// question about a person or an event makes its own stream from (seed, purpose, number), so that
/// the answer never depends on which questions were asked before: that is what makes
/// ``ProfileGenerator`` addressable by index.
struct RandomBits {
    private var state: UInt64

    /// What a stream is for. Two purposes with the same number give unrelated bits.
    enum Purpose: UInt64 {
        case person = 1
        case event, messageID, duplicate, userID
        case lastName, plan, region, score, company
    }

    init(seed: UInt64, _ purpose: Purpose, _ first: Int, _ second: Int = 0) {
        state = Self.mix(seed &+ purpose.rawValue &* 0xD1B5_4A32_D192_ED03)
        state = Self.mix(state ^ UInt64(bitPattern: Int64(first)))
        state = Self.mix(state ^ UInt64(bitPattern: Int64(second)))
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number from 0 up to, not including, `limit`. The bias is below limit ÷ 2^64.
    mutating func number(below limit: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(limit)).high)
    }

    /// A number from 0 up to, not including, 1, in steps of 2^-53.
    mutating func fraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    mutating func chance(_ share: Double) -> Bool {
        fraction() < share
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

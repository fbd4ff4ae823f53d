import Records

/// Reproducible randomness: the same seed gives the same values (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// Text rich in everything that quoting can get wrong.
    mutating func nastyText(lengthMax: Int) -> String {
        let scalars = Array("'\\\"%_&+=;,()@ #?/\n\r\t\u{8}\u{c}\u{1}\u{1f}\u{7f}aZ09é€😀ß\u{301}")
            .map { $0 }
        return String((0..<below(lengthMax + 1)).map { _ in scalars[below(scalars.count)] })
    }

    mutating func fieldValue(depth: Int) -> FieldValue {
        switch below(depth > 0 ? 6 : 4) {
        case 0: return .null
        case 1: return .boolean(below(2) == 0)
        case 2:
            return .number(DecimalNumber("\(below(1_000_000)).\(below(1_000))") ?? DecimalNumber(0))
        case 3: return .text(nastyText(lengthMax: 20))
        case 4: return .list((0..<below(4)).map { _ in fieldValue(depth: depth - 1) })
        default:
            var members: [String: FieldValue] = [:]
            for index in 0..<below(4) { members["name\(index)"] = fieldValue(depth: depth - 1) }
            return .object(members)
        }
    }
}

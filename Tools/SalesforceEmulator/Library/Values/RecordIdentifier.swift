/// Salesforce record ids: 15 case-sensitive characters, or 18 with a checksum of their case.
///
/// Rule: for each group of five characters, bit k is set when character k is `A`–`Z`; the five
/// bits index `ABCDEFGHIJKLMNOPQRSTUVWXYZ012345` (checked against 536 recorded ids).
enum RecordIdentifier {
    /// Digits in the order recorded ids count up: …`kZz` is followed by `ka0`.
    private static let digits = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    private static let checksumLetters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".utf8)

    /// The 18-character id of record `number` of an object: prefix, instance, reserved 0, counter.
    static func make(prefix: String, instance: String, number: Int) -> String {
        var counter: [UInt8] = []
        var rest = number
        for _ in 0..<9 {
            counter.append(digits[rest % digits.count])
            rest /= digits.count
        }
        let short = Array((prefix + instance + "0").utf8) + counter.reversed()
        return String(decoding: short + checksum(short), as: UTF8.self)
    }

    /// The 18-character form of a 15- or 18-character id; nil when malformed, which includes an
    /// 18-character id whose checksum does not fit the case of its letters.
    static func canonical(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 15 || bytes.count == 18 else { return nil }
        guard bytes.allSatisfy({ isAlphanumeric($0) }) else { return nil }
        let short = Array(bytes.prefix(15))
        let sum = checksum(short)
        if bytes.count == 18, !bytes.suffix(3).elementsEqual(sum) { return nil }
        return String(decoding: short + sum, as: UTF8.self)
    }

    /// The 15-character form, as some error messages carry it.
    static func short(_ id: String) -> String { String(id.prefix(15)) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func checksum(_ short: [UInt8]) -> [UInt8] {
        (0..<3).map { group in
            var bits = 0
            for position in 0..<5 where (0x41...0x5A).contains(short[group * 5 + position]) {
                bits |= 1 << position
            }
            return checksumLetters[bits]
        }
    }
}

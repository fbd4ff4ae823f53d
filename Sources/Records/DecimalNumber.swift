/// An exact decimal number: a sign, digits, and a power of ten.
///
/// `1.0E7`, `10000000` and `10000000.0` are equal and hash alike. Guarantees: parsing keeps every
/// digit, comparison is exact, and ``description`` is a plain JSON number without exponent unless
/// the exponent is so large that writing the zeros out would be absurd.
package struct DecimalNumber: Sendable, Hashable {
    /// Digits 0–9, most significant first, without leading or trailing zeros; empty means zero.
    private let digits: [UInt8]
    /// The power of ten of the last digit. Zero when `digits` is empty.
    private let exponent: Int
    private let isNegative: Bool

    /// Written out in full up to this many zeros; beyond it `description` uses an exponent.
    private static let writtenZerosMax = 40
    /// Larger exponents are refused: no Salesforce number comes near, and arithmetic on them
    /// overflows.
    private static let exponentMagnitudeMax = 10_000

    private init(digits: [UInt8], exponent: Int, isNegative: Bool) {
        var digits = digits[...]
        var exponent = exponent
        while digits.first == 0 { digits.removeFirst() }
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        self.digits = Array(digits)
        self.exponent = digits.isEmpty ? 0 : exponent
        self.isNegative = digits.isEmpty ? false : isNegative
    }

    package init(_ integer: Int) {
        self.init(
            digits: String(integer.magnitude).utf8.map { $0 - UInt8(ascii: "0") }, exponent: 0,
            isNegative: integer < 0)
    }

    /// Reads a decimal number: an optional sign, digits with an optional point, an optional
    /// exponent.
    ///
    /// - Returns: `nil` when the text is anything else (spaces, `NaN`, hexadecimal, an exponent
    ///   beyond ±10,000).
    package init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        let negative = bytes.first == UInt8(ascii: "-")
        if negative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        var digits: [UInt8] = []
        var fractionDigits = 0
        var sawPoint = false
        var sawDigit = false
        while let byte = bytes.first {
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                digits.append(byte - UInt8(ascii: "0"))
                sawDigit = true
                if sawPoint { fractionDigits += 1 }
            } else if byte == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
            } else {
                break
            }
            bytes.removeFirst()
        }
        guard sawDigit else { return nil }
        var written = 0
        if let mark = bytes.first {
            guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return nil }
            bytes.removeFirst()
            // `magnitude`, because `abs(Int.min)` traps, and this text is a sender's.
            guard let value = Int(String(decoding: bytes, as: UTF8.self)),
                value.magnitude <= Self.exponentMagnitudeMax
            else { return nil }
            written = value
        }
        self.init(digits: digits, exponent: written - fractionDigits, isNegative: negative)
    }

    package var isZero: Bool { digits.isEmpty }

    /// The number of digits from the first that is not zero to the last.
    package var significantDigitCount: Int { digits.count }

    /// The number of digits after the decimal point.
    package var scale: Int { max(0, -exponent) }

    /// The number of digits before the decimal point; zero for numbers below one.
    package var integerDigitCount: Int { max(0, digits.count + exponent) }

    package var isInteger: Bool { exponent >= 0 }

    /// The value as `Int`, when it is one.
    package var integer: Int? { isInteger ? Int(description) : nil }

    /// Rounds half away from zero to `scale` digits after the point, as Salesforce's help describes
    /// for number fields.
    package func rounded(toScale scale: Int) -> DecimalNumber {
        let dropped = -exponent - scale
        guard dropped > 0 else { return self }
        guard dropped <= digits.count else { return DecimalNumber(0) }
        var kept = Array(digits.dropLast(dropped))
        let roundsUp = digits[digits.count - dropped] >= 5
        if roundsUp {
            var index = kept.count - 1
            while index >= 0, kept[index] == 9 {
                kept[index] = 0
                index -= 1
            }
            if index >= 0 { kept[index] += 1 } else { kept.insert(1, at: 0) }
        }
        return DecimalNumber(digits: kept, exponent: -scale, isNegative: isNegative)
    }
}

extension DecimalNumber: Comparable {
    package static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        guard left.sign == right.sign else { return left.sign < right.sign }
        return left.isNegative ? right.isSmaller(than: left) : left.isSmaller(than: right)
    }

    private var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    /// Compares the magnitudes of two numbers that are not zero. Digits have no leading zeros, so
    /// the place of the first decides, then the digits themselves.
    private func isSmaller(than other: DecimalNumber) -> Bool {
        let places = digits.count + exponent
        let otherPlaces = other.digits.count + other.exponent
        guard places == otherPlaces else { return places < otherPlaces }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}

extension DecimalNumber: CustomStringConvertible {
    /// A JSON number equal to this value.
    package var description: String {
        guard !digits.isEmpty else { return "0" }
        let text = String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
        let sign = isNegative ? "-" : ""
        if exponent >= 0 {
            guard exponent <= Self.writtenZerosMax else { return "\(sign)\(text)E\(exponent)" }
            return sign + text + String(repeating: "0", count: exponent)
        }
        let whole = digits.count + exponent
        if whole > 0 {
            return sign + text.prefix(whole) + "." + text.dropFirst(whole)
        }
        guard -whole <= Self.writtenZerosMax else { return "\(sign)\(text)E\(exponent)" }
        return sign + "0." + String(repeating: "0", count: -whole) + text
    }
}

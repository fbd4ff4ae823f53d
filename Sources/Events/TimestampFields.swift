/// Takes the fields of a timestamp from its bytes, one behind the other.
struct TimestampFields {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        index += 1
        return true
    }

    /// A number of exactly so many digits.
    mutating func number(digits: Int) -> Int64? {
        guard index + digits <= bytes.count else { return nil }
        var number: Int64 = 0
        for offset in 0..<digits {
            let byte = bytes[index + offset]
            guard ASCII.isDigit(byte) else { return nil }
            number = number * 10 + Int64(byte - ASCII.zero)
        }
        index += digits
        return number
    }

    mutating func takeSeparator() -> Bool {
        take(UInt8(ascii: "T")) || take(UInt8(ascii: "t")) || take(ASCII.space)
    }

    /// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fraction`, in milliseconds since midnight.
    mutating func clock() -> Int64? {
        guard let hour = number(digits: 2), hour < 24, take(ASCII.colon),
            let minute = number(digits: 2), minute < 60
        else { return nil }
        let whole = (hour * 60 + minute) * 60_000
        guard take(ASCII.colon) else { return whole }
        guard let second = number(digits: 2), second < 60, let part = fraction() else { return nil }
        return whole + second * 1_000 + part
    }

    /// Milliseconds of a fraction of up to nine digits; zero when there is none.
    private mutating func fraction() -> Int64? {
        guard take(ASCII.dot) else { return 0 }
        var milliseconds: Int64 = 0
        var digits = 0
        while let byte = next, ASCII.isDigit(byte) {
            if digits < 3 { milliseconds = milliseconds * 10 + Int64(byte - ASCII.zero) }
            digits += 1
            index += 1
        }
        guard (1...9).contains(digits) else { return nil }
        for _ in min(digits, 3)..<3 { milliseconds *= 10 }
        return milliseconds
    }

    /// The zone's distance from UTC in milliseconds; zero when there is none.
    mutating func zone() -> Int64? {
        if isAtEnd || take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) { return 0 }
        let sign: Int64
        if take(ASCII.plus) {
            sign = 1
        } else if take(ASCII.minus) {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(digits: 2), hours < 24 else { return nil }
        if isAtEnd { return sign * hours * 3_600_000 }
        _ = take(ASCII.colon)
        guard let minutes = number(digits: 2), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes) * 60_000
    }
}

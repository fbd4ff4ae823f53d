/// The write key in an `Authorization` field.
enum Credential: Equatable {
    /// There is no such field; the key may be in the body.
    case absent
    case key(String)
    /// A field that holds no key in a form we know.
    case unreadable

    /// Reads `Basic` (the key is the user name, the password is ignored) and `Bearer`.
    init(authorization: String?) {
        guard let authorization else {
            self = .absent
            return
        }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else {
            self = .unreadable
            return
        }
        let value = parts[1].drop { $0 == " " }
        switch parts[0].lowercased() {
        case "bearer": self = .key(String(value))
        case "basic": self = Self.basic(value)
        default: self = .unreadable
        }
    }

    private static func basic(_ encoded: Substring) -> Credential {
        guard let decoded = Base64.decode(encoded) else { return .unreadable }
        let user = decoded.prefix { $0 != UInt8(ascii: ":") }
        return user.isEmpty ? .unreadable : .key(String(decoding: user, as: UTF8.self))
    }
}

/// Base64 of RFC 4648 §4, padding optional.
enum Base64 {
    static func decode(_ text: Substring) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count * 3 / 4)
        var bits: UInt32 = 0
        var bitCount = 0
        var isPadded = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "=") {
                isPadded = true
                continue
            }
            guard !isPadded, let digit = value(of: byte) else { return nil }
            bits = bits << 6 | digit
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        // A single leftover digit holds no whole byte.
        return bitCount == 6 ? nil : result
    }

    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

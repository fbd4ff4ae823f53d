/// Percent-encoding of query values, spending as few bytes as RFC 3986 allows.
///
/// A GET query has 16,384 bytes for everything, and a list of matcher values is mostly quotes,
/// commas and `@`: left as they are, twice as many addresses fit into a call.
enum PercentEncoding {
    /// May stand for themselves in a query: RFC 3986 §3.4 `pchar / "/" / "?"`, without `&`, `=`,
    /// `+`, which separate parameters or mean a space, and `;`, which old servers take for `&`.
    private static let queryTable: [Bool] = table("-._~!$'()*,:@/?")
    /// `application/x-www-form-urlencoded` values: letters, digits and `-._~` only.
    private static let formTable: [Bool] = table("-._~")

    private static func table(_ marks: String) -> [Bool] {
        let marks = Set(marks.utf8)
        return (0...UInt8.max).map { ASCII.isAlphanumeric($0) || marks.contains($0) }
    }

    /// A value for a query string; a space becomes `+`, as in the guide's own examples.
    static func query(_ text: String) -> String {
        encode(text, queryTable, space: "+")
    }

    /// How many bytes ``query(_:)`` would give.
    static func queryByteCount(_ text: String) -> Int {
        text.utf8.reduce(0) { count, byte in
            count + (queryTable[Int(byte)] || byte == 0x20 ? 1 : 3)
        }
    }

    /// A value for a form body.
    static func form(_ text: String) -> String {
        encode(text, formTable, space: "+")
    }

    private static func encode(_ text: String, _ allowed: [Bool], space: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if allowed[Int(byte)] {
                bytes.append(byte)
            } else if byte == 0x20 {
                bytes += Array(space.utf8)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

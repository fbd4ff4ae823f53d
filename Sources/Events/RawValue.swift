/// Where a value stands in the scanned bytes, and what it is. Nothing is copied.
struct RawValue {
    enum Kind: UInt8 { case absent, null, `true`, `false`, number, string, array, object }

    let kind: Kind
    let hasEscapes: Bool
    /// The first byte of the value (for strings, the opening quote).
    let start: Int
    /// Behind its last byte.
    let end: Int

    @inline(__always)
    init(_ kind: Kind, _ start: Int, _ end: Int, hasEscapes: Bool = false) {
        self.kind = kind
        self.start = start
        self.end = end
        self.hasEscapes = hasEscapes
    }

    static let absent = RawValue(.absent, 0, 0)

    /// Absent and `null` are the same to the envelope: libraries send `"userId": null` for "none".
    var isMissing: Bool { kind == .absent || kind == .null }

    /// The characters between the quotes. Only for strings.
    var content: RawString { RawString(start: start + 1, end: end - 1, hasEscapes: hasEscapes) }

    var isEmptyString: Bool { kind == .string && end - start == 2 }
}

/// Where the characters of a string stand, without its quotes.
struct RawString {
    let start: Int
    let end: Int
    /// Whether a backslash occurs, so that the bytes are not the characters themselves.
    let hasEscapes: Bool

    var count: Int { end - start }

    /// The string's characters. `base` is what was scanned.
    func text(in base: UnsafeRawPointer) -> String {
        let bytes = UnsafeRawBufferPointer(start: base + start, count: count)
        guard hasEscapes else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: JSONEscapes.unescaped(bytes), as: UTF8.self)
    }

    /// Whether the string's characters are exactly `text`.
    @inline(__always)
    func equals(_ text: StaticString, in base: UnsafeRawPointer) -> Bool {
        if hasEscapes { return self.text(in: base) == text.description }
        guard count == text.utf8CodeUnitCount else { return false }
        return Bytes.areEqual(base + start, UnsafeRawPointer(text.utf8Start), count: count)
    }
}

/// An object being read: which of the open names are its own.
struct ObjectFrame {
    let firstName: Int
}

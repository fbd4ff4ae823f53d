/// The stored form of an entry. The key is the position, 8 bytes, most significant first; the value
/// is
///
///     byte  0      format version, 1
///     byte  1      kind, see `EntryKind`
///     bytes 2–9    recordedAt, milliseconds since 1970 UTC, signed, most significant byte first
///     bytes 10–41  SHA-256 over: the previous entry's 32 hash bytes (zeros before position 1),
///                  the position as in the key, bytes 0–9 of this value, the body
///     bytes 42–    the body
///
/// Small on purpose: 42 bytes beside an event of some hundreds.
enum EntryFormat {
    static let version: UInt8 = 1
    static let headerBytes = 42
    static let hashBytes = 32
    /// Where in the value the hash lies, and how much of the value before it is hashed.
    static let hashStart = 10

    /// Reads a stored value; throws when it is too short, or of a version or kind unknown here.
    static func entry(
        at position: Position, _ value: UnsafeRawBufferPointer
    ) throws(LogError) -> Entry {
        try check(position, value)
        guard let kind = kind(value) else {
            throw .damaged(position, detail: "it has the unknown kind \(value[1])")
        }
        return Entry(
            position: position, kind: kind, recordedAt: recordedAt(value),
            body: [UInt8](value[headerBytes...]), hash: [UInt8](hash(value)))
    }

    /// The kind of a value that ``check(_:_:)`` has let pass; nil when there is no such kind.
    static func kind(_ value: UnsafeRawBufferPointer) -> EntryKind? {
        EntryKind(rawValue: value[1])
    }

    /// The time of a value that ``check(_:_:)`` has let pass.
    static func recordedAt(_ value: UnsafeRawBufferPointer) -> Int64 {
        Int64(bigEndian: value.loadUnaligned(fromByteOffset: 2, as: Int64.self))
    }

    /// The hash stored in a value that ``check(_:_:)`` has let pass.
    static func hash(_ value: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer> {
        value[hashStart..<headerBytes]
    }

    /// Whether the value has a header, of the one version that this code can read.
    static func check(_ position: Position, _ value: UnsafeRawBufferPointer) throws(LogError) {
        guard value.count >= headerBytes else {
            throw .damaged(position, detail: "its header is cut off (\(value.count) bytes)")
        }
        guard value[0] == version else {
            throw .unknownFormat(found: UInt64(value[0]), known: UInt64(version))
        }
    }
}

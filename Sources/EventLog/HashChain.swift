/// The end of the log as the chain sees it: the last position and that entry's hash.
package struct ChainHead: Sendable, Hashable {
    package let position: Position
    /// 32 bytes; zeros at position 0.
    package let hash: [UInt8]

    /// Before the first entry.
    static let start = ChainHead(
        position: .zero, hash: [UInt8](repeating: 0, count: EntryFormat.hashBytes))
}

/// Computes entry hashes one after another, each over the one before.
///
/// Without an allocation of its own per entry: what is hashed before the body, 50 bytes, is kept in
/// place, and the previous hash is already where the next one needs it. A value, so that access to
/// it is checked when the code is compiled and not at every entry.
struct HashChain: ~Copyable {
    /// The previous hash, the position, and bytes 0–9 of the value.
    private let prefix = UnsafeMutableRawBufferPointer.allocate(byteCount: 50, alignment: 8)
    private static let positionStart = 32
    private static let valueStart = 40

    /// The position last hashed.
    private(set) var position: UInt64

    init(after head: ChainHead) {
        position = head.position.number
        prefix.copyBytes(from: head.hash)
    }

    deinit { prefix.deallocate() }

    /// Where the chain stands. A copy.
    var head: ChainHead {
        ChainHead(
            position: Position(position), hash: [UInt8](prefix[..<EntryFormat.hashBytes]))
    }

    /// Goes back to `head`: what was hashed after it was not stored.
    mutating func restore(_ head: ChainHead) {
        position = head.position.number
        prefix.copyBytes(from: head.hash)
    }

    /// The key of the next entry, lent until the next call.
    mutating func nextKey() -> UnsafeRawBufferPointer {
        prefix.storeBytes(
            of: (position + 1).bigEndian, toByteOffset: Self.positionStart, as: UInt64.self)
        return UnsafeRawBufferPointer(rebasing: prefix[Self.positionStart..<Self.valueStart])
    }

    /// Completes the next entry's value, whose body is in place, with its header; the chain moves
    /// on.
    mutating func seal(_ value: UnsafeMutableRawBufferPointer, kind: UInt8, recordedAt: Int64) {
        _ = nextKey()
        prefix[Self.valueStart] = EntryFormat.version
        prefix[Self.valueStart + 1] = kind
        prefix.storeBytes(
            of: recordedAt.bigEndian, toByteOffset: Self.valueStart + 2, as: Int64.self)
        value.copyMemory(from: UnsafeRawBufferPointer(rebasing: prefix[Self.valueStart...]))
        hash(UnsafeRawBufferPointer(rebasing: value[EntryFormat.headerBytes...]))
        let hash = UnsafeRawBufferPointer(rebasing: prefix[..<EntryFormat.hashBytes])
        UnsafeMutableRawBufferPointer(rebasing: value[EntryFormat.hashStart...])
            .copyMemory(from: hash)
    }

    /// Hashes a stored value, whose header is whole, as the next entry and returns whether its own
    /// hash says the same. The chain goes on from the stored hash either way, so that one damaged
    /// entry is one finding.
    mutating func accepts(_ value: UnsafeRawBufferPointer) -> Bool {
        _ = nextKey()
        UnsafeMutableRawBufferPointer(rebasing: prefix[Self.valueStart...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: value[..<EntryFormat.hashStart]))
        hash(UnsafeRawBufferPointer(rebasing: value[EntryFormat.headerBytes...]))
        let stored = EntryFormat.hash(value)
        let isSame = prefix[..<EntryFormat.hashBytes].elementsEqual(stored)
        prefix.copyMemory(from: UnsafeRawBufferPointer(rebasing: stored))
        return isSame
    }

    /// Replaces the previous hash by that of the prefix and `body`.
    private mutating func hash(_ body: UnsafeRawBufferPointer) {
        var digest = SHA256Digest()
        digest.update(UnsafeRawBufferPointer(prefix))
        digest.update(body)
        digest.finish(into: prefix)
        position += 1
    }
}

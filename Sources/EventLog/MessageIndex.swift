import LMDB

/// The index by which a message ID is accepted once, for as long as the log exists.
///
/// Message IDs are random, and a tree that takes random keys rewrites about one page for each of
/// them: eight times the bytes of the event itself. So an event's key is stored, in the transaction
/// of its entry, at the end of a table of *recent* rows, which costs next to nothing, and merged
/// into the tree later, with so many others that each page of the tree is rewritten for several.
///
/// There are two generations of recent keys, each with a table of its own and a copy in memory. The
/// active one takes new keys until it is full; then it is frozen, the other becomes active, and
/// each commit merges a slice of the frozen one, twice as many keys as it adds, so that it is
/// merged and emptied long before the active one is full. At every commit each key is in a recent
/// table or in the tree (or, half merged, in both). See docs/decisions/0005.
///
/// Belongs to the writer's thread. Within a transaction ``claim(_:at:_:_:)`` and
/// ``store(_:in:)``, then, as that ended, ``committed()`` or ``restore(last:)``.
struct MessageIndex: Sendable {
    /// Keys that a commit merges at least.
    private static let mergeCountMin = 64

    /// Keys in a generation when it is frozen.
    private let countMax: Int
    private var active: RecentMessages
    /// Which of the store's two recent tables the active generation is in.
    private var activeTable: Int
    private var frozen: RecentMessages?
    /// Slots of the frozen generation before this one are in the tree, durably.
    private var mergedSlot = 0

    /// What the transaction under way has added, and how far it has merged.
    private var added: [(key: MessageKey, position: UInt64)] = []
    private var reachedSlot = 0

    /// Reads what is recent.
    ///
    /// - Throws: `corrupted` when a row cannot be read.
    init(
        _ transaction: borrowing some Transaction & ~Copyable, _ store: LogStore,
        countMax: Int
    ) throws(LMDBError) {
        self.countMax = countMax
        let generations = [
            try RecentRows.load(transaction, store.recent[0]),
            try RecentRows.load(transaction, store.recent[1]),
        ]
        // Positions only grow: the table with the higher ones is the active one.
        let first = generations.map(\.firstPosition)
        activeTable = (first[1] ?? 0) > (first[0] ?? 0) ? 1 : 0
        active = generations[activeTable].messages
        let other = generations[1 - activeTable].messages
        frozen = other.isEmpty ? nil : other
    }

    /// The position that holds `key`; nil when it is new, and then `position` holds it from now on.
    ///
    /// - Throws: `corrupted` when the tree holds something else than a position.
    mutating func claim(
        _ key: MessageKey, at position: UInt64, _ transaction: borrowing WriteTransaction,
        _ store: LogStore
    ) throws(LMDBError) -> UInt64? {
        let slot = active.slot(for: key)
        if let known = active.position(in: slot) ?? frozen?.position(of: key) { return known }
        if let known = try Self.merged(key, transaction, store) { return known }
        active.fill(slot, with: key, at: position)
        added.append((key, position))
        return nil
    }

    /// The position that the tree has for `key`.
    static func merged(
        _ key: MessageKey, _ transaction: borrowing some Transaction & ~Copyable, _ store: LogStore
    ) throws(LMDBError) -> UInt64? {
        let value = try key.withBytes { (bytes) throws(LMDBError) in
            try transaction.borrowedValue(store.messages, key: bytes)
        }
        guard let value else { return nil }
        guard let position = KeyEncoding.unsigned(value) else {
            throw .corrupted("the message index holds a value that is no position")
        }
        return position
    }

    /// Writes what was added, and merges a slice of the frozen generation.
    mutating func store(
        _ store: LogStore, in transaction: borrowing WriteTransaction
    ) throws(LMDBError) {
        try RecentRows.write(added, transaction, store.recent[activeTable])
        reachedSlot = mergedSlot
        guard let frozen else { return }
        reachedSlot = try frozen.walk(
            from: mergedSlot, countMax: max(Self.mergeCountMin, added.count * 2)
        ) { (key, position) throws(LMDBError) in
            try key.withBytes { (key) throws(LMDBError) in
                try withUnsafeBytes(of: position.bigEndian) { (position) throws(LMDBError) in
                    try transaction.put(store.messages, key: key, value: position)
                }
            }
        }
        if reachedSlot == frozen.slotCount {
            try transaction.deleteAll(store.recent[1 - activeTable])
        }
    }

    /// The transaction is on disk.
    mutating func committed() {
        added.removeAll(keepingCapacity: true)
        mergedSlot = reachedSlot
        if let frozen, mergedSlot == frozen.slotCount { self.frozen = nil }
        guard frozen == nil, active.count >= countMax else { return }
        frozen = active
        active = RecentMessages()
        activeTable = 1 - activeTable
        mergedSlot = 0
        reachedSlot = 0
    }

    /// The transaction was given up: forgets what it added after position `last`.
    mutating func restore(last: UInt64) {
        added.removeAll(keepingCapacity: true)
        reachedSlot = mergedSlot
        active.removeAll(after: last)
    }
}

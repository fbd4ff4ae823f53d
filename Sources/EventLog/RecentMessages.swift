/// The youngest part of the message index, in memory: keys and their positions.
///
/// A table of open addressing whose slots are in the order of the keys' highest bits: walking it
/// visits keys nearly in order, and so the pages of the tree that they are merged into one after
/// another.
struct RecentMessages: Sendable {
    /// Position 0, which is none, marks a free slot.
    struct Slot: Sendable {
        var key = MessageKey(high: 0, low: 0)
        var position: UInt64 = 0
    }

    private static let slotCountMin = 1_024
    /// For a full generation of the usual size, 262,144 keys, and what one commit adds to it.
    private static let slotCountUsual = 524_288

    private(set) var count = 0
    private var slots = [Slot](repeating: Slot(), count: slotCountMin)
    /// How far a key's high half is shifted to be the index of a slot.
    private var shift = 64 - slotCountMin.trailingZeroBitCount

    var isEmpty: Bool { count == 0 }
    /// The end of ``walk(from:countMax:_:)``.
    var slotCount: Int { slots.count }

    func position(of key: MessageKey) -> UInt64? { position(in: index(of: key)) }

    /// Adds a key that is not there.
    mutating func insert(_ key: MessageKey, at position: UInt64) {
        fill(slot(for: key), with: key, at: position)
    }

    /// The slot that holds `key`, or the free one for ``fill(_:with:at:)``. Good until anything is
    /// added.
    mutating func slot(for key: MessageKey) -> Int {
        if count >= countMax { grow() }
        return index(of: key)
    }

    /// Half full at most: a search looks at one or two slots. At the usual size a little more, so
    /// that a generation that is about to be frozen does not double for its last few keys.
    private var countMax: Int {
        slots.count == Self.slotCountUsual ? slots.count / 8 * 5 : slots.count / 2
    }

    /// The position that is in a slot; nil when it is free.
    func position(in slot: Int) -> UInt64? {
        let position = slots[slot].position
        return position == 0 ? nil : position
    }

    /// Puts a key into the free slot that is its own.
    mutating func fill(_ slot: Int, with key: MessageKey, at position: UInt64) {
        slots[slot] = Slot(key: key, position: position)
        count += 1
    }

    /// Forgets every key whose position is past `last`: their commit was given up. Rare, so it
    /// simply makes the table anew.
    mutating func removeAll(after last: UInt64) {
        let kept = slots.filter { $0.position != 0 && $0.position <= last }
        guard kept.count != count else { return }
        for index in slots.indices { slots[index].position = 0 }
        count = 0
        for slot in kept { insert(slot.key, at: slot.position) }
    }

    /// Visits up to `countMax` keys from slot `start` on; returns the slot to go on from.
    func walk<E: Error>(
        from start: Int, countMax: Int, _ visit: (MessageKey, UInt64) throws(E) -> Void
    ) throws(E) -> Int {
        var index = start
        var left = countMax
        while index < slots.count, left > 0 {
            let slot = slots[index]
            index += 1
            guard slot.position != 0 else { continue }
            try visit(slot.key, slot.position)
            left -= 1
        }
        return index
    }

    /// The slot that holds `key`, or the free one where it belongs.
    private func index(of key: MessageKey) -> Int {
        var index = Int(truncatingIfNeeded: key.high >> UInt64(shift))
        while slots[index].position != 0 && slots[index].key != key {
            index = index + 1 == slots.count ? 0 : index + 1
        }
        return index
    }

    private mutating func grow() {
        let old = slots
        // Three large steps to the usual size, because each puts every key in a new place; small
        // ones beyond, because those are 12 MB and more.
        let bits = old.count < Self.slotCountUsual ? 3 : 1
        slots = [Slot](repeating: Slot(), count: old.count << bits)
        shift -= bits
        for slot in old where slot.position != 0 { slots[index(of: slot.key)] = slot }
    }
}

import LMDB

extension LogReader {
    /// How far apart two entries' times may be against their order and
    /// ``firstPosition(atOrAfter:)`` still be exact: requests overtake each other on the way to the
    /// log, and clocks are stepped a little.
    package static let clockDisorderMax: Int64 = 60_000

    /// Entries looked at in one transaction of a search.
    private static let searchCountMax = 10_000

    /// The first position whose entry was recorded at `time` (milliseconds since 1970 UTC) or
    /// later; nil when there is none. Exact as long as no later entry is stamped more than
    /// ``clockDisorderMax`` before an earlier one; after a larger step of the clock it is one of
    /// the places where the log crosses `time`.
    package func firstPosition(atOrAfter time: Int64) throws(LogError) -> Position? {
        let last = try lastPosition()
        guard last > .zero else { return nil }
        // Times are sorted but for the disorder. Nothing before a place where they cross `time`
        // minus the disorder can be at or after `time`; from there on, look at each.
        let (earlier, overflow) = time.subtractingReportingOverflow(Self.clockDisorderMax)
        let start = try crossing(overflow ? Int64.min : earlier, last: last)
        return try firstPosition(from: start, atOrAfter: time)
    }

    /// A position at or after `time` whose predecessor is before it; one past `last` when all are
    /// before.
    private func crossing(_ time: Int64, last: Position) throws(LogError) -> Position {
        var low: UInt64 = 0
        var high = last.number + 1
        // The entry at `low` is before `time`, the one at `high` is not; so counts what lies beyond
        // the ends.
        while low + 1 < high {
            let middle = low + (high - low) / 2
            if try recordedAt(Position(middle)) < time { low = middle } else { high = middle }
        }
        return Position(high)
    }

    private func firstPosition(
        from start: Position, atOrAfter time: Int64
    ) throws(LogError) -> Position? {
        var next = start
        while true {
            var found: Position?
            var failure: LogError?
            var seen = 0
            try walk(from: next) { expected, position, value in
                do throws(LogError) {
                    guard position == expected else {
                        throw .damaged(expected, detail: "it is missing")
                    }
                    try EntryFormat.check(position, value)
                } catch {
                    failure = error
                    return false
                }
                if EntryFormat.recordedAt(value) >= time { found = position }
                next = position.next
                seen += 1
                return found == nil && seen < Self.searchCountMax
            }
            if let failure { throw failure }
            if found != nil || seen == 0 { return found }
        }
    }

    private func recordedAt(_ position: Position) throws(LogError) -> Int64 {
        try store.environment.read(orThrow: LogError.self) {
            (transaction) throws(LogError) -> Int64 in
            guard let value = try Self.value(transaction, store, position) else {
                throw .damaged(position, detail: "it is missing")
            }
            try EntryFormat.check(position, value)
            return EntryFormat.recordedAt(value)
        }
    }

    /// Positions of the entries of one kind, other than events, after `start` and up to `end`, both
    /// as in ``entries(after:countMax:bytesMax:)``. Found by an index, without a look at the
    /// events.
    package func positions(
        of kind: EntryKind, after start: Position = .zero, through end: Position
    ) throws(LogError) -> [Position] {
        precondition(kind != .event, "events have no index of their own: walk the entries")
        var found: [Position] = []
        try logged { () throws(LMDBError) in
            try store.environment.read { (transaction) throws(LMDBError) in
                let from = KeyEncoding.bytes(start.next.number)
                let through = KeyEncoding.bytes(end.number)
                try transaction.forEach(store.controls, from: from, through: through) {
                    key, value in
                    if value.first == kind.rawValue, let number = KeyEncoding.unsigned(key) {
                        found.append(Position(number))
                    }
                    return true
                }
            }
        }
        return found
    }

    /// The stored value at `position`, lent; nil when there is none.
    static func value(
        _ transaction: borrowing ReadTransaction, _ store: LogStore, _ position: Position
    ) throws(LogError) -> UnsafeRawBufferPointer? {
        do throws(LMDBError) {
            return try KeyEncoding.bytes(position.number).withBytes { (key) throws(LMDBError) in
                try transaction.borrowedValue(store.entries, key: key)
            }
        } catch {
            throw LogError(store: error)
        }
    }

    /// Walks stored entries upwards from `start` in one transaction. `visit` gets the position that
    /// should come, the one that did, and the value, lent; it returns whether to go on.
    func walk(
        from start: Position,
        _ visit: (Position, Position, UnsafeRawBufferPointer) -> Bool
    ) throws(LogError) {
        var expected = start
        try logged { () throws(LMDBError) in
            try store.environment.read { (transaction) throws(LMDBError) in
                let from = KeyEncoding.bytes(start.number)
                try transaction.forEach(store.entries, from: from) { key, value in
                    // A key of another length is no position: it shows as one that was not
                    // expected.
                    let found = Position(KeyEncoding.unsigned(key) ?? .max)
                    defer { expected = expected.next }
                    return visit(expected, found, value)
                }
            }
        }
    }
}

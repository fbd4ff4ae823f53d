import LMDB

/// The recent keys of the message index as a verification sees them: read once, and again only
/// when the tables have changed since.
struct VerifiedRecent {
    private struct Extent: Equatable {
        let count: Int
        let first: [UInt8]?
        let last: [UInt8]?
    }

    private var generations: [RecentMessages] = []
    /// Rows are appended and the table emptied, never changed: equal ends mean equal rows.
    private var extents: [Extent] = []

    /// - Throws: `corrupted` when a row cannot be read; nothing is known then.
    mutating func load(
        _ transaction: borrowing ReadTransaction, _ store: LogStore
    ) throws(LMDBError) {
        var present: [Extent] = []
        for table in store.recent {
            present.append(
                Extent(
                    count: try transaction.count(table), first: try transaction.first(table)?.key,
                    last: try transaction.last(table)?.key))
        }
        guard present != extents else { return }
        generations = []
        extents = present
        for table in store.recent {
            generations.append(try RecentRows.load(transaction, table).messages)
        }
    }

    func position(of key: MessageKey) -> UInt64? {
        for generation in generations {
            if let position = generation.position(of: key) { return position }
        }
        return nil
    }

    func forEach(_ visit: (MessageKey, UInt64) throws(LMDBError) -> Void) throws(LMDBError) {
        for generation in generations {
            _ = try generation.walk(from: 0, countMax: generation.count, visit)
        }
    }
}

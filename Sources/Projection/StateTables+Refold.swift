import LMDB
import Records

// Taking the keys of some objects out of the state, so that they can be folded again.

extension StateTables {
    /// Rows that are looked up before any is removed: bounds the memory.
    private static let removedRowCountMax = 10_000

    /// The refold that is under way, if one is.
    func partialRefold(
        in transaction: borrowing ReadTransaction
    ) throws(ProjectionError) -> PartialRefold? {
        try storing { () throws(LMDBError) in
            try transaction.value(facts, key: FactName.partial).map(PartialRefold.init)
        }
    }

    /// The same while writing.
    func partialRefold(
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> PartialRefold? {
        try storing { () throws(LMDBError) in
            try transaction.value(facts, key: FactName.partial).map(PartialRefold.init)
        }
    }

    /// Whether less than half of the keys are of objects with these ordinals: then removing them
    /// costs less than folding the others again.
    func isMinority(
        _ ordinals: Set<Int>, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> Bool {
        var (inside, all) = (0, 0)
        try storing { () throws(LMDBError) in
            try transaction.forEach(records) { key, _ in
                all += 1
                if ordinals.contains(KeyID.object(of: StateKey.number(in: key))) { inside += 1 }
                return true
            }
        }
        return inside * 2 < all
    }

    /// Removes everything about the keys of some objects, and notes that they are to be folded from
    /// the beginning.
    ///
    /// - Parameters:
    ///   - ordinals: of the objects in the refold's scope, as key ids hold them.
    ///   - objectOfAction: by the index under which the state was folded.
    func begin(
        _ refold: PartialRefold, ordinals: Set<Int>, objectOfAction: (Int) -> String?,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        func isInside(_ id: UInt64) -> Bool { ordinals.contains(KeyID.object(of: id)) }
        try removeCounts(isInside, in: transaction)
        for table in [records, joined, dirty, rewritten, refused, sent, blocked] {
            try removeRows(of: table, in: transaction) { key, _ in
                isInside(StateKey.number(in: key))
            }
        }
        for table in [touched, links, waiting] {
            try removeRows(of: table, in: transaction) { key, _ in
                isInside(StateKey.number(in: key, at: key.count - 8))
            }
        }
        try removeRows(of: aliases, in: transaction) { _, value in
            isInside(StateKey.number(in: value))
        }
        try removeRows(of: skipped, in: transaction) { key, _ in
            let object = objectOfAction(Int(StateKey.number(in: key, at: 8)))
            return object.map(refold.scope.contains) ?? false
        }
        try removeOperations(refold.scope, in: transaction)
        try storing { () throws(LMDBError) in
            _ = try transaction.delete(facts, key: FactName.checkpoint)
            try transaction.put(facts, key: FactName.partial, value: refold.encoded())
        }
    }

    private func removeOperations(
        _ scope: RefoldScope, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        for table in [open, jobRows] {
            try removeRows(of: table, in: transaction) { key, value in
                let row = OpenOperation.decode([UInt8](value), key: [UInt8](key))
                return row?.keys.first.map { scope.contains($0.key.object) } ?? false
            }
        }
        try removeRows(of: jobs, in: transaction) { key, value in
            let job = OpenJob.decode(
                [UInt8](value), name: String(decoding: key, as: UTF8.self))
            return job.map { scope.contains($0.part.object) } ?? false
        }
        try removeRows(of: facts, in: transaction) { key, _ in
            guard key.starts(with: FactName.stopped) else { return false }
            let name = key.dropFirst(FactName.stopped.count)
            return scope.contains(String(decoding: name, as: UTF8.self))
        }
    }

    /// Takes the keys that will be removed out of the counts by status.
    private func removeCounts(
        _ isInside: (UInt64) -> Bool, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        var counts: [String: Int] = [:]
        var isDamaged = false
        try storing { () throws(LMDBError) in
            try transaction.forEach(records) { key, value in
                let id = StateKey.number(in: key)
                guard isInside(id) else { return true }
                let status = DesiredRecord.decode([UInt8](value), id: id)?.delivery.status.name
                if let status { counts[status, default: 0] += 1 } else { isDamaged = true }
                return !isDamaged
            }
        }
        guard !isDamaged else { throw .damagedState(table: "records") }
        for (status, count) in counts { try addCount(status, -count, in: transaction) }
    }

    private func removeRows(
        of table: Table, in transaction: borrowing WriteTransaction,
        where isWanted: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool
    ) throws(ProjectionError) {
        var start: [UInt8]?
        while true {
            var found: [[UInt8]] = []
            try storing { () throws(LMDBError) in
                try transaction.forEach(table, from: start) { key, value in
                    if isWanted(key, value) { found.append([UInt8](key)) }
                    return found.count < Self.removedRowCountMax
                }
                for key in found { _ = try transaction.delete(table, key: key) }
            }
            guard found.count == Self.removedRowCountMax, let last = found.last else { return }
            start = last
        }
    }
}

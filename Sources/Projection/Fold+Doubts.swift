import LMDB

// From when on what is in doubt is known to have left.

extension Fold {
    /// A process has started after all that is in doubt was sent. What is known to have left
    /// earlier in the same boot keeps its moment.
    func noteAllSent(
        by moment: BootMoment, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        var noted: [OpenOperation] = []
        var isDamaged = false
        try storing { () throws(LMDBError) in
            try transaction.forEach(tables.open) { key, value in
                guard let open = OpenOperation.decode([UInt8](value), key: [UInt8](key)) else {
                    isDamaged = true
                    return false
                }
                if open.isInDoubt, open.sentBy?.isKnownBefore(moment) != true { noted.append(open) }
                return true
            }
        }
        guard !isDamaged else { throw .damagedState(table: "open") }
        for var open in noted where admits(open.keys) {
            open.sentBy = moment
            try storing { () throws(LMDBError) in
                try transaction.put(tables.open, key: open.tableKey, value: open.encoded())
            }
        }
    }
}

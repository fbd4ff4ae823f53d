import LMDB
import Records

extension StateStore {
    /// Keys with a value that the fold refused, of which no entry of the log tells yet, oldest
    /// first.
    ///
    /// - Parameters:
    ///   - after: only ids greater than this.
    ///   - countMax: at most this many.
    package func untoldRefusals(
        after: UInt64, countMax: Int
    ) throws(ProjectionError) -> [DesiredRecord] {
        var ids: [UInt64] = []
        guard countMax > 0 else { return [] }
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(
                    tables.refused, from: StateKey.number(after + 1)
                ) { key, _ in
                    ids.append(StateKey.number(in: key))
                    return ids.count < countMax
                }
            }
        }
        return try records(ids)
    }
}

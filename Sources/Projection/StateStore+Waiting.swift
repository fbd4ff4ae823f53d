import LMDB
import Records

extension StateStore {
    /// Ids of keys that wait for a parent, a page at a time; keys of one parent follow each other.
    ///
    /// - Parameters:
    ///   - cursor: as the page before gave it; `nil` for the first page.
    ///   - countMax: at most this many.
    /// - Returns: the ids, and where the next page goes on; `nil` after the last.
    package func waitingIDs(
        after cursor: [UInt8]?, countMax: Int
    ) throws(ProjectionError) -> (ids: [UInt64], cursor: [UInt8]?) {
        var ids: [UInt64] = []
        var last: [UInt8]?
        guard countMax > 0 else { return ([], nil) }
        // The smallest key that is greater.
        let from = cursor.map { $0 + [0] }
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(tables.waiting, from: from) { key, _ in
                    last = [UInt8](key)
                    ids.append(StateKey.number(in: key, at: key.count - 8))
                    return ids.count < countMax
                }
            }
        }
        return (ids, ids.count < countMax ? nil : last)
    }
}

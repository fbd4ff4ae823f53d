import LMDB
import Records

extension StateStore {
    /// The record of key `id`; `nil` when there is none, as when it joined another.
    package func record(_ id: UInt64) throws(ProjectionError) -> DesiredRecord? {
        try read { (transaction) throws(ProjectionError) in
            try record(id, in: transaction)
        }
    }

    /// The records of `ids` that exist, in one transaction.
    package func records(_ ids: [UInt64]) throws(ProjectionError) -> [DesiredRecord] {
        try read { (transaction) throws(ProjectionError) in
            var found: [DesiredRecord] = []
            for id in ids {
                if let record = try record(id, in: transaction) { found.append(record) }
            }
            return found
        }
    }

    private func record(
        _ id: UInt64, in transaction: borrowing ReadTransaction
    ) throws(ProjectionError) -> DesiredRecord? {
        guard
            let bytes = try storing({ () throws(LMDBError) in
                try transaction.value(tables.records, key: StateKey.number(id))
            })
        else { return nil }
        guard let record = DesiredRecord.decode(bytes, id: id) else {
            throw .damagedState(table: "records")
        }
        return record
    }

    /// The record that `key` names.
    package func record(named key: MatcherKey) throws(ProjectionError) -> DesiredRecord? {
        try read { (transaction) throws(ProjectionError) in
            let bytes = try storing { () throws(LMDBError) in
                try transaction.value(tables.aliases, key: AliasKey.bytes(key.text))
            }
            guard let bytes else { return nil }
            return try record(StateKey.number(bytes), in: transaction)
        }
    }

    /// The id of the key that `key` names.
    package func id(named key: MatcherKey) throws(ProjectionError) -> UInt64? {
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.value(tables.aliases, key: AliasKey.bytes(key.text))
            }
        }.map { StateKey.number($0) }
    }

    /// Whether a key needs work.
    package func isDirty(_ id: UInt64) throws(ProjectionError) -> Bool {
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.value(tables.dirty, key: StateKey.number(id)) != nil
            }
        }
    }

    /// Ids of keys that need work, oldest first.
    ///
    /// - Parameters:
    ///   - after: only ids greater than this.
    ///   - countMax: at most this many.
    package func dirtyIDs(
        after: UInt64 = 0, countMax: Int
    ) throws(ProjectionError) -> [UInt64] {
        var ids: [UInt64] = []
        guard countMax > 0 else { return ids }
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(tables.dirty, from: StateKey.number(after + 1)) { key, _ in
                    ids.append(StateKey.number(in: key))
                    return ids.count < countMax
                }
            }
        }
        return ids
    }

    /// Ids of keys that need work, those of the latest events first.
    ///
    /// - Parameters:
    ///   - countMax: at most this many.
    ///   - scanMax: touches of keys by events looked at, from the latest backwards.
    package func latestDirtyIDs(countMax: Int, scanMax: Int) throws(ProjectionError) -> [UInt64] {
        var ids: [UInt64] = []
        guard countMax > 0, scanMax > 0 else { return ids }
        try read { (transaction) throws(ProjectionError) in
            var touched: [UInt64] = []
            var seen: Set<UInt64> = []
            var count = 0
            try storing { () throws(LMDBError) in
                try transaction.forEach(tables.touched, reverse: true) { key, _ in
                    let id = StateKey.number(in: key, at: 8)
                    if seen.insert(id).inserted { touched.append(id) }
                    count += 1
                    return count < scanMax
                }
                for id in touched where ids.count < countMax {
                    if try transaction.value(tables.dirty, key: StateKey.number(id)) != nil {
                        ids.append(id)
                    }
                }
            }
        }
        return ids
    }

    /// Ids of the keys linked to `record`.
    package func ids(linkedTo record: RecordID) throws(ProjectionError) -> [UInt64] {
        var ids: [UInt64] = []
        let prefix = Array(record.description.utf8)
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(tables.links, prefix: prefix) { key, _ in
                    ids.append(StateKey.number(in: key, at: prefix.count))
                    return true
                }
            }
        }
        return ids
    }

    /// Every record, in the order of ids, a page at a time.
    package func records(
        after id: UInt64, countMax: Int
    ) throws(ProjectionError) -> [DesiredRecord] {
        var found: [DesiredRecord] = []
        var isDamaged = false
        guard countMax > 0 else { return found }
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(
                    tables.records, from: StateKey.number(id + 1)
                ) { key, value in
                    let row = DesiredRecord.decode([UInt8](value), id: StateKey.number(in: key))
                    guard let row else {
                        isDamaged = true
                        return false
                    }
                    found.append(row)
                    return found.count < countMax
                }
            }
        }
        guard !isDamaged else { throw .damagedState(table: "records") }
        return found
    }

    /// Operations that were sent and have no definite answer.
    package func openOperations() throws(ProjectionError) -> [OpenOperation] {
        var open: [OpenOperation] = []
        var isDamaged = false
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(tables.open) { key, value in
                    let row = OpenOperation.decode([UInt8](value), key: [UInt8](key))
                    if let row { open.append(row) } else { isDamaged = true }
                    return !isDamaged
                }
            }
        }
        guard !isDamaged else { throw .damagedState(table: "open") }
        return open
    }
}

extension StateStore {
    /// Positions of the events that touched any of `ids`, oldest first.
    package func eventPositions(touching ids: Set<UInt64>) throws(ProjectionError) -> [UInt64] {
        var positions: [UInt64] = []
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(tables.touched) { key, _ in
                    let position = StateKey.number(in: key)
                    if ids.contains(StateKey.number(in: key, at: 8)), positions.last != position {
                        positions.append(position)
                    }
                    return true
                }
            }
        }
        return positions
    }

    /// Positions of the intents that were sent for key `id`.
    package func intentPositions(of id: UInt64) throws(ProjectionError) -> [UInt64] {
        try secondNumbers(in: tables.sent, of: id)
    }

    /// Positions of the outcomes that blocked key `id`.
    package func blockedPositions(of id: UInt64) throws(ProjectionError) -> [UInt64] {
        try secondNumbers(in: tables.blocked, of: id)
    }

    /// Why actions did not apply to events, by event position, up to `countMax` of the latest.
    package func skipped(
        countMax: Int
    ) throws(ProjectionError) -> [(position: UInt64, action: Int, reason: String)] {
        var found: [(position: UInt64, action: Int, reason: String)] = []
        guard countMax > 0 else { return found }
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(tables.skipped, reverse: true) { key, value in
                    found.append(
                        (
                            StateKey.number(in: key), Int(StateKey.number(in: key, at: 8)),
                            String(decoding: value, as: UTF8.self)
                        ))
                    return found.count < countMax
                }
            }
        }
        return found
    }

    private func secondNumbers(
        in table: Table, of id: UInt64
    ) throws(ProjectionError) -> [UInt64] {
        var numbers: [UInt64] = []
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(table, prefix: StateKey.number(id)) { key, _ in
                    numbers.append(StateKey.number(in: key, at: 8))
                    return true
                }
            }
        }
        return numbers
    }
}

extension StateStore {
    /// SHA-256 over every table's name, keys and values: equal exactly when two states are.
    package func digest() throws(ProjectionError) -> [UInt8] {
        try read { (transaction) throws(ProjectionError) in try digest(in: transaction) }
    }

    private func digest(
        in transaction: borrowing ReadTransaction
    ) throws(ProjectionError) -> [UInt8] {
        var hash = StateDigest()
        for (name, table) in zip(StateTables.names, tables.all) {
            hash.begin(name)
            try storing { () throws(LMDBError) in
                try transaction.forEach(table) { key, value in
                    hash.add(key, value)
                    return true
                }
            }
        }
        return hash.finish()
    }
}

extension StateStore {
    /// The checkpoint and the digest that belong together, from one transaction; `nil` while some
    /// objects are folded again after a change of the configuration.
    package func stand() throws(ProjectionError) -> (checkpoint: UInt64, digest: [UInt8])? {
        try read { (transaction) throws(ProjectionError) in
            let checkpoint = try storing { () throws(LMDBError) in
                try transaction.value(tables.facts, key: FactName.checkpoint)
            }
            guard try tables.partialRefold(in: transaction) == nil else { return nil }
            return (
                checkpoint.map { StateKey.number($0) } ?? 0, try digest(in: transaction)
            )
        }
    }
}

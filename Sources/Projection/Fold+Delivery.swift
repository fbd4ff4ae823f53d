import EventLog
import LMDB
import Records

// How intents, outcomes and decisions move keys between dirty, in flight, in doubt, settled and
// parked.

extension Fold {
    // MARK: Intents

    func fold(
        _ intent: IntentEntry, at entry: Entry, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let position = entry.position.number
        for (index, operation) in intent.operations.enumerated() where admits(operation.keys) {
            let open = OpenOperation(
                intent: position, index: index, kind: operation.kind,
                isIdempotent: operation.isIdempotent, sentAt: entry.recordedAt, isInDoubt: false,
                keys: operation.keys,
                writes: operation.changes.map { OpenWrite($0, of: operation.kind) })
            var ids: [UInt64] = []
            for key in operation.keys {
                guard var record = try record(of: key.key, in: &batch, transaction) else {
                    continue
                }
                ids.append(record.id)
                record.send(open)
                batch.put(record)
            }
            let table = intent.job == nil ? tables.open : tables.jobRows
            try storing { () throws(LMDBError) in
                try transaction.put(table, key: open.tableKey, value: open.encoded())
                for id in ids {
                    try transaction.put(tables.sent, key: StateKey.pair(id, position), value: [])
                }
            }
        }
        if let part = intent.job, admits(part.object) {
            try add(position, to: part, in: transaction)
        }
    }

    // MARK: Jobs

    private func add(
        _ intent: UInt64, to part: JobPart, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        var job =
            try openJob(part.name, in: transaction) ?? OpenJob(part: part, id: nil, intents: [])
        job.intents.append(intent)
        try put(job, in: transaction)
    }

    private func fold(
        _ entry: JobEntry, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        guard var job = try openJob(entry.name, in: transaction), admits(job.part.object) else {
            return
        }
        guard !entry.isOver else {
            try storing { () throws(LMDBError) in
                _ = try transaction.delete(tables.jobs, key: Array(entry.name.utf8))
            }
            return
        }
        job.id = entry.id
        try put(job, in: transaction)
    }

    private func put(
        _ job: OpenJob, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        try storing { () throws(LMDBError) in
            try transaction.put(
                tables.jobs, key: Array(job.part.name.utf8), value: job.encoded())
        }
    }

    private func openJob(
        _ name: String, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> OpenJob? {
        let bytes = try storing { () throws(LMDBError) in
            try transaction.value(tables.jobs, key: Array(name.utf8))
        }
        guard let bytes else { return nil }
        guard let job = OpenJob.decode(bytes, name: name) else {
            throw .damagedState(table: "jobs")
        }
        return job
    }

    // MARK: Outcomes

    func fold(
        _ outcome: OutcomeEntry, at position: UInt64, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let place = OutcomePlace(position: position, changes: rules.changes)
        if let intent = outcome.intent {
            try foldResults(
                outcome.results, of: intent, sentBy: outcome.allSentBy, at: place, into: &batch,
                in: transaction)
        } else if let moment = outcome.allSentBy {
            try noteAllSent(by: moment, in: transaction)
        }
        for resolved in outcome.resolved {
            try fold(resolved, at: position, into: &batch, in: transaction)
        }
        for blocked in outcome.blocked {
            try block(blocked, at: place, into: &batch, in: transaction)
        }
        for relinked in outcome.relinked ?? [] {
            guard var record = try record(of: relinked.key, in: &batch, transaction) else {
                continue
            }
            record.relink(relinked)
            batch.put(record)
        }
        for object in outcome.objects ?? [] {
            try fold(object, at: position, in: transaction)
        }
        // After what is blocked: of two keys that were looked at together, the one that settles
        // wakes the other that waits for it.
        for settled in outcome.settled {
            try settle(settled, at: place, into: &batch, in: transaction)
        }
        try wake(outcome.awoken ?? [], at: position, into: &batch, in: transaction)
        if let job = outcome.job { try fold(job, in: transaction) }
        // They are about the whole org.
        if scope == nil { try foldFacts(outcome, in: transaction) }
    }

    /// A stop is about the object as it was described and mapped then.
    private func fold(
        _ object: ObjectStopEntry, at position: UInt64, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        guard admits(object.object) else { return }
        let key = FactName.stopped + Array(object.object.utf8)
        guard object.isOver != true, position > rules.changes.latest(of: object.object) else {
            return try storing { () throws(LMDBError) in
                _ = try transaction.delete(tables.facts, key: key)
            }
        }
        let value = try LogJSON.encode(object)
        try storing { () throws(LMDBError) in
            try transaction.put(tables.facts, key: key, value: value)
        }
    }

    private func foldResults(
        _ results: [OperationResult], of intent: UInt64, sentBy moment: BootMoment?,
        at place: OutcomePlace, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        for result in results {
            let tableKey = StateKey.pair(intent, UInt64(result.index))
            guard var open = try openOperation(tableKey, in: transaction), admits(open.keys) else {
                continue
            }
            try storing { () throws(LMDBError) in
                _ = try transaction.delete(tables.jobRows, key: tableKey)
            }
            for key in open.keys {
                guard var record = try record(of: key.key, in: &batch, transaction) else {
                    continue
                }
                record.receive(result, of: open, version: key.version, at: place)
                batch.put(record)
                try wakeChildren(
                    of: record, at: place.position, into: &batch, in: transaction)
            }
            open.isInDoubt = result.status == .inDoubt
            open.sentBy = moment
            try storing { () throws(LMDBError) in
                if open.isInDoubt {
                    try transaction.put(tables.open, key: tableKey, value: open.encoded())
                } else {
                    _ = try transaction.delete(tables.open, key: tableKey)
                }
            }
        }
    }

    /// The fence has passed: whatever the operation did, a query now shows it, so the keys are
    /// observed again. Idempotent operations were not waited for; theirs is the look for a late
    /// arrival.
    private func fold(
        _ resolved: ResolvedOperation, at position: UInt64, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let tableKey = StateKey.pair(resolved.intent, UInt64(resolved.index))
        guard let open = try openOperation(tableKey, in: transaction), admits(open.keys) else {
            return
        }
        for key in open.keys {
            guard var record = try record(of: key.key, in: &batch, transaction) else { continue }
            record.resolve(open, at: position)
            batch.put(record)
        }
        try storing { () throws(LMDBError) in
            _ = try transaction.delete(tables.open, key: tableKey)
        }
    }

    private func settle(
        _ settled: SettledEntry, at place: OutcomePlace, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        guard var record = try record(of: settled.key.key, in: &batch, transaction) else { return }
        // That no record was found is about the state that was looked for, not about what it
        // became.
        let isCurrent = settled.key.version == record.changedAt
        if settled.recordID != nil || isCurrent {
            record.link(to: settled.recordID, isCurrent: isCurrent)
        }
        record.note(rewritten: settled.rewritten ?? [])
        record.settle(.settled, version: settled.key.version, at: place)
        batch.put(record)
        try wakeChildren(of: record, at: place.position, into: &batch, in: transaction)
    }

    private func block(
        _ blocked: BlockedEntry, at place: OutcomePlace, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        guard var record = try record(of: blocked.key.key, in: &batch, transaction) else { return }
        let parking = Parking(
            reason: blocked.reason, status: blocked.status,
            code: blocked.code ?? blocked.reason.rawValue, message: blocked.message,
            recordIDs: blocked.recordIDs, position: place.position,
            field: blocked.field)
        record.settle(.parked(parking), version: blocked.key.version, at: place)
        batch.put(record)
        try wakeChildren(of: record, at: place.position, into: &batch, in: transaction)
        try storing { () throws(LMDBError) in
            try transaction.put(
                tables.blocked, key: StateKey.pair(record.id, place.position), value: [])
        }
    }

    private func foldFacts(
        _ outcome: OutcomeEntry, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        if let api = outcome.api {
            let value = try LogJSON.encode(api)
            try storing { () throws(LMDBError) in
                try transaction.put(tables.facts, key: FactName.api, value: value)
            }
        }
        if let pause = outcome.pause {
            let value = try LogJSON.encode(pause)
            try storing { () throws(LMDBError) in
                try transaction.put(tables.facts, key: FactName.pause, value: value)
            }
        } else if outcome.isResumed == true {
            try storing { () throws(LMDBError) in
                _ = try transaction.delete(tables.facts, key: FactName.pause)
            }
        }
    }

    // MARK: Decisions

    func fold(
        _ decision: DecisionEntry, at position: UInt64, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        switch decision {
        case .retry(let keys):
            for key in keys {
                guard var record = try record(of: key, in: &batch, transaction) else { continue }
                record.release(at: position)
                batch.put(record)
            }
        case .replay(let range):
            try replay(range, at: position, into: &batch, in: transaction)
        }
    }

    /// Makes the keys of all events dirty, as if by a decision at `position`.
    func replayAll(
        at position: UInt64, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        try replay(
            ReplayRange(from: 1, through: position), at: position, into: &batch, in: transaction)
    }

    private func replay(
        _ range: ReplayRange, at position: UInt64, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        // A key that no longer exists selects nothing: no id is zero.
        var only: UInt64?
        if let key = range.key { only = try batch.id(of: key, in: transaction) ?? 0 }
        for id in try batch.touched(range, in: transaction) {
            guard only == nil || only == id, var record = try batch.record(id, in: transaction),
                admits(record.object),
                range.object == nil || range.object?.lowercased() == record.object.lowercased()
            else { continue }
            record.makeDirty(at: position)
            batch.put(record)
            // A replay may touch every key there is: their rows must not all be in memory at once.
            try batch.flushIfLarge(in: transaction)
        }
    }

    // MARK: Rows

    /// All keys of an operation are of one object.
    func admits(_ keys: [KeyVersion]) -> Bool {
        scope == nil || keys.contains { admits($0.key.object) }
    }

    /// The row of a key whose object is folded now.
    private func record(
        of key: MatcherKey, in batch: inout StateBatch, _ transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> DesiredRecord? {
        guard admits(key.object), let id = try batch.id(of: key, in: transaction) else {
            return nil
        }
        return try batch.record(id, in: transaction)
    }

    private func openOperation(
        _ key: [UInt8], in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> OpenOperation? {
        guard
            let bytes = try storing({ () throws(LMDBError) in
                if let bytes = try transaction.value(tables.open, key: key) { return bytes }
                return try transaction.value(tables.jobRows, key: key)
            })
        else { return nil }
        guard let open = OpenOperation.decode(bytes, key: key) else {
            throw .damagedState(table: "open")
        }
        return open
    }
}

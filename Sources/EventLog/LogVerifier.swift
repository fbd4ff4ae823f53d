import LMDB

extension LogReader {
    /// Entries checked in one transaction, so that none is open for long.
    private static let verifyCountMax = 10_000

    /// Walks the log from its first entry to its last and checks that positions have no gap, every
    /// header can be read, every hash is that of its entry and of all before it, every event is
    /// found by its message ID and nothing else is, and the log ends where the record of its end
    /// says.
    ///
    /// Appending may go on meanwhile. LMDB trusts its own pages: where those are damaged, rather
    /// than the entries in them, reading can throw `store` or end the process; run it in a process
    /// of its own when that matters.
    ///
    /// - Throws: `closed`, `store`. What is wrong with entries is in the result.
    package func verify(problemCountMax: Int = 100) throws(LogError) -> LogVerification {
        let verifier = LogVerifier(store: store, problemCountMax: problemCountMax)
        while try verifier.checkPart(countMax: Self.verifyCountMax) {}
        return verifier.result
    }
}

/// A verification under way. For one thread.
private final class LogVerifier {
    private let store: LogStore
    private let problemCountMax: Int
    private var chain = HashChain(after: .start)
    private var recent = VerifiedRecent()
    private var entryCount = 0
    private var eventCount = 0
    private var controlCount = 0
    private var problems: [LogProblem] = []

    init(store: LogStore, problemCountMax: Int) {
        self.store = store
        self.problemCountMax = problemCountMax
    }

    var result: LogVerification {
        LogVerification(entries: entryCount, chainHead: chain.head.hash, problems: problems)
    }

    /// Checks the next entries in one transaction. Returns whether there are more.
    func checkPart(countMax: Int) throws(LogError) -> Bool {
        do throws(LMDBError) {
            return try store.environment.read { (transaction) throws(LMDBError) in
                var left = countMax
                let from = KeyEncoding.bytes(chain.position + 1)
                try loadRecent(transaction)
                try transaction.withCursor(store.entries) { (cursor) throws(LMDBError) in
                    var isFound = try cursor.seek(atOrAfter: from)
                    while isFound && left > 0 && problems.count < problemCountMax {
                        try check(transaction, key: cursor.key, value: cursor.value)
                        left -= 1
                        isFound = try cursor.next()
                    }
                }
                guard left > 0, problems.count < problemCountMax else { return left == 0 }
                // The end was reached in this very transaction, so the totals belong to what was
                // counted.
                try checkTotals(transaction)
                return false
            }
        } catch .corrupted(let detail) {
            // LMDB's own pages: what lies behind them cannot be reached.
            report(Position(chain.position + 1), "its pages cannot be read: \(detail)")
            return false
        } catch {
            throw LogError(store: error)
        }
    }

    private func check(
        _ transaction: borrowing ReadTransaction, key: UnsafeRawBufferPointer,
        value: UnsafeRawBufferPointer
    ) throws(LMDBError) {
        guard let number = KeyEncoding.unsigned(key), number > chain.position, number < .max else {
            return report(Position(chain.position + 1), "a key is no position")
        }
        entryCount += 1
        let position = Position(number)
        if number != chain.position + 1 {
            report(Position(chain.position + 1), "missing up to position \(number - 1)")
            // Go on as if the hash before were right: the gap is one finding, not one per entry
            // after it.
            chain.restore(ChainHead(position: Position(number - 1), hash: chain.head.hash))
        }
        guard isHeaderSound(position, value) else {
            return chain.restore(ChainHead(position: position, hash: chain.head.hash))
        }
        if !chain.accepts(value) {
            report(position, "its hash is not that of its content and the entries before it")
        }
        if value[1] == EntryKind.event.rawValue {
            try checkIndex(transaction, position, value)
        } else {
            try checkControl(transaction, position, kind: value[1])
        }
    }

    private func isHeaderSound(_ position: Position, _ value: UnsafeRawBufferPointer) -> Bool {
        do throws(LogError) {
            try EntryFormat.check(position, value)
        } catch {
            report(position, String(describing: error))
            return false
        }
        if EntryKind(rawValue: value[1]) == nil { report(position, "its kind is unknown") }
        return true
    }

    private func checkIndex(
        _ transaction: borrowing ReadTransaction, _ position: Position,
        _ value: UnsafeRawBufferPointer
    ) throws(LMDBError) {
        eventCount += 1
        let body = UnsafeRawBufferPointer(rebasing: value[EntryFormat.headerBytes...])
        guard let parts = EventBodyParts(body) else {
            return report(position, "its event is unreadable")
        }
        let key = MessageKey(source: parts.source, messageID: parts.messageID)
        // Half merged, a key is in both, and both are checked.
        let found = [recent.position(of: key), try merged(key, transaction)].compactMap(\.self)
        if found.isEmpty { report(position, "the message index lacks it") }
        if found.contains(where: { $0 != position.number }) {
            report(position, "the message index has its id at another position")
        }
    }

    /// What the tree has for `key`; a value that is no position counts as position 0, which no
    /// event has.
    private func merged(
        _ key: MessageKey, _ transaction: borrowing ReadTransaction
    ) throws(LMDBError) -> UInt64? {
        try key.withBytes { (bytes) throws(LMDBError) in
            try transaction.borrowedValue(store.messages, key: bytes)
        }.map { KeyEncoding.unsigned($0) ?? 0 }
    }

    private func loadRecent(_ transaction: borrowing ReadTransaction) throws(LMDBError) {
        do throws(LMDBError) {
            try recent.load(transaction, store)
        } catch .corrupted(let detail) {
            report(Position(chain.position), detail)
        }
    }

    private func checkControl(
        _ transaction: borrowing ReadTransaction, _ position: Position, kind: UInt8
    ) throws(LMDBError) {
        controlCount += 1
        let key = KeyEncoding.bytes(position.number)
        if try transaction.value(store.controls, key: key) != [kind] {
            report(
                position, "the index of entries that are no events lacks it or has another kind")
        }
    }

    /// With every event found by its own id, equal counts mean that the index holds nothing else.
    private func checkTotals(_ transaction: borrowing ReadTransaction) throws(LMDBError) {
        let position = Position(chain.position)
        var indexCount = try transaction.count(store.messages)
        try recent.forEach { (key, _) throws(LMDBError) in
            if try merged(key, transaction) == nil { indexCount += 1 }
        }
        if indexCount != eventCount {
            report(position, "the message index holds \(indexCount) ids for \(eventCount) events")
        }
        let controls = try transaction.count(store.controls)
        if controls != controlCount {
            report(
                position,
                "the index of entries that are no events holds \(controls) of \(controlCount)")
        }
        let stored = try transaction.value(store.meta, key: LogStore.Meta.head)
        if stored.flatMap({ HeadRecord.decode($0) }) != chain.head {
            report(position, "the record of the log's end names another position or hash")
        }
    }

    private func report(_ position: Position, _ description: String) {
        if problems.count < problemCountMax {
            problems.append(LogProblem(position: position, description: description))
        }
    }
}

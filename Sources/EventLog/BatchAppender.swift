import Events
import LMDB

/// What became of one appended event.
package enum AppendResult: Sendable, Hashable {
    /// It is in the log at this position.
    case accepted(Position)
    /// The same message was there already, at this position. Nothing was appended: success to its
    /// sender.
    case duplicate(Position)
    /// Another message with the same source and message ID is at this position and stays. Nothing
    /// was appended: refuse it.
    case conflict(Position)

    /// The position of the event that the log holds under this id.
    package var position: Position {
        switch self {
        case .accepted(let position), .duplicate(let position), .conflict(let position): position
        }
    }
}

/// Writes entries and their index into a transaction. Belongs to the writer's thread.
///
/// The hot path of the product: an event's body is encoded straight into the page that LMDB
/// reserved for it, and hashed there. A value, so that access to its parts is checked when the code
/// is compiled and not at every event.
struct BatchAppender: ~Copyable {
    private let store: LogStore
    private let chain: HashChain
    private let keys = MessageKeyMaker()
    private var index: MessageIndex

    init(store: LogStore, head: ChainHead, index: MessageIndex) {
        self.store = store
        self.index = index
        chain = HashChain(after: head)
    }

    var head: ChainHead { chain.head }

    /// The transaction that ``finish(_:)`` completed is on disk.
    mutating func committed() { index.committed() }

    /// Forgets what was written after `head`: its transaction was given up.
    mutating func restore(_ head: ChainHead) {
        chain.restore(head)
        index.restore(last: head.position.number)
    }

    /// Appends a request's entries in order.
    mutating func append(
        _ content: AppendRequest.Content, now: Int64,
        _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> [AppendResult] {
        var results: [AppendResult] = []
        switch content {
        case .events(let events):
            results.reserveCapacity(events.count)
            // Lent one by one: a loop over the array would retain and release all their parts.
            let lent = events.span
            for index in lent.indices { results.append(try append(lent[index], transaction)) }
        case .entries(let entries):
            results.reserveCapacity(entries.count)
            for (kind, body) in entries {
                results.append(try append(kind, body, now: now, transaction))
            }
        }
        return results
    }

    /// Records the new end and the new message IDs, in the same transaction as the entries.
    mutating func finish(_ transaction: borrowing WriteTransaction) throws(LMDBError) {
        try index.store(store, in: transaction)
        try transaction.put(
            store.meta, key: LogStore.Meta.head, value: HeadRecord.encode(chain.head))
    }

    private mutating func append(
        _ event: borrowing Event, _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> AppendResult {
        let key = keys.key(source: event.source, messageID: event.messageID)
        // An id that came earlier in this very commit is found as well.
        if let known = try index.position(of: key, transaction, store) {
            return try judge(event, known: known, transaction)
        }
        index.add(key, at: chain.position + 1)
        let position = chain.nextKey()
        let value = try transaction.reserve(
            store.entries, key: position, count: EntryFormat.headerBytes + EventBody.size(event),
            rule: .append)
        EventBody.write(
            event, to: UnsafeMutableRawBufferPointer(rebasing: value[EntryFormat.headerBytes...]))
        chain.seal(value, kind: EntryKind.event.rawValue, recordedAt: event.receivedAt)
        return .accepted(Position(chain.position))
    }

    private func append(
        _ kind: EntryKind, _ body: [UInt8], now: Int64,
        _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> AppendResult {
        let position = chain.nextKey()
        try withUnsafeBytes(of: kind.rawValue) { (value) throws(LMDBError) in
            try transaction.put(store.controls, key: position, value: value, rule: .append)
        }
        let value = try transaction.reserve(
            store.entries, key: position, count: EntryFormat.headerBytes + body.count,
            rule: .append)
        UnsafeMutableRawBufferPointer(rebasing: value[EntryFormat.headerBytes...])
            .copyBytes(from: body)
        chain.seal(value, kind: kind.rawValue, recordedAt: now)
        return .accepted(Position(chain.position))
    }

    /// Duplicate or conflict: compares with the event that holds the id.
    private func judge(
        _ event: Event, known number: UInt64, _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> AppendResult {
        let stored = try withUnsafeBytes(of: number.bigEndian) { (key) throws(LMDBError) in
            try transaction.borrowedValue(store.entries, key: key)
        }
        guard let stored, stored.count >= EntryFormat.headerBytes,
            let parts = EventBodyParts(
                UnsafeRawBufferPointer(rebasing: stored[EntryFormat.headerBytes...]))
        else { throw .corrupted("the message index names position \(number), which is no event") }
        guard parts.messageID.elementsEqual(event.messageID.utf8),
            parts.source.elementsEqual(event.source.utf8)
        else { throw .corrupted("the message index names position \(number), which is another id") }
        return MessageIndex.isSame(event, parts)
            ? .duplicate(Position(number)) : .conflict(Position(number))
    }
}

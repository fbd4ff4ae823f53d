import LMDB

/// How many events a source has sent, and when the last one came in.
package struct SourceTotals: Sendable, Hashable {
    package private(set) var eventCount = 0
    /// Milliseconds since 1970: when the door received the latest event.
    package private(set) var lastReceivedAt: Int64 = 0

    package init() {}

    /// Adds one event.
    package mutating func add(receivedAt: Int64) {
        eventCount += 1
        lastReceivedAt = max(lastReceivedAt, receivedAt)
    }

    mutating func add(_ later: SourceTotals) {
        eventCount += later.eventCount
        lastReceivedAt = max(lastReceivedAt, later.lastReceivedAt)
    }

    /// Count, time, name: the key of a long name does not hold it.
    func encoded(source: String) -> [UInt8] {
        StateKey.pair(UInt64(eventCount), UInt64(bitPattern: lastReceivedAt)) + Array(source.utf8)
    }

    init(_ bytes: [UInt8]) {
        eventCount = Int(StateKey.number(bytes))
        lastReceivedAt = Int64(bitPattern: StateKey.number(bytes, at: 8))
    }

    static func key(of source: String) -> [UInt8] { FactName.source + AliasKey.bytes(source) }
}

extension StateStore {
    /// The totals of every source by its name, over the events up to a position of the log.
    package func sources() throws(ProjectionError) -> (
        through: UInt64, totals: [String: SourceTotals]
    ) {
        var totals: [String: SourceTotals] = [:]
        var through: UInt64 = 0
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                let checkpoint = try transaction.value(tables.facts, key: FactName.checkpoint)
                // What is folded again for some objects was counted before.
                let partial = try transaction.value(tables.facts, key: FactName.partial)
                through = (partial ?? checkpoint).map { StateKey.number($0) } ?? 0
                try transaction.forEach(tables.facts, prefix: FactName.source) { _, value in
                    let name = String(decoding: value.dropFirst(16), as: UTF8.self)
                    totals[name] = SourceTotals(Array(value))
                    return true
                }
            }
        }
        return (through, totals)
    }
}

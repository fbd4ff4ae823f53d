import EventLog
import Projection

/// The entries that concern one key: its events, what was sent or blocked for it, and the answers.
struct KeyEntries {
    private let positions: Set<UInt64>
    private let intents: Set<UInt64>

    /// - Parameter record: keys that it has joined count as it.
    init(of record: DesiredRecord, in state: StateStore) throws {
        let ids = Set([record.id] + record.joined)
        var positions = Set(try state.eventPositions(touching: ids))
        var intents: Set<UInt64> = []
        for id in ids {
            intents.formUnion(try state.intentPositions(of: id))
            positions.formUnion(try state.blockedPositions(of: id))
        }
        self.positions = positions.union(intents)
        self.intents = intents
    }

    func holds(_ entry: Entry) throws -> Bool {
        let position = entry.position.number
        if positions.contains(position) { return true }
        guard entry.kind == .outcome else { return false }
        let outcome = try LogJSON.decode(OutcomeEntry.self, from: entry.body, at: position)
        return outcome.intent.map(intents.contains) ?? false
    }
}

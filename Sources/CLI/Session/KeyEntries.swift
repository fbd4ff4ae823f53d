import EventLog
import Projection
import Records

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

/// The entries of one key, as they come.
struct KeyFollowing {
    private let session: ReadingSession
    private let key: MatcherKey
    private var entries: KeyEntries
    /// Up to where ``entries`` is known.
    private var folded: UInt64

    /// - Parameter text: `Object:field=value`.
    /// - Throws: `usage` when it is not, `failed` when no event has named the key yet.
    init(_ text: String, _ session: ReadingSession) throws {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let inForce = try session.configurationInForce() else {
            throw CommandFailure.usage("--key is Object:field=value, such as Contact:Email=a@b.co")
        }
        folded = try session.state.checkpoint()
        let record = try KeySelection(state: session.state, configuration: inForce.entry)
            .record(parts)
        self.session = session
        key = record.reference
        entries = try KeyEntries(of: record, in: session.state)
    }

    /// Looks at what has been folded since; folds it first, unless a server does.
    ///
    /// - Returns: the last position up to which ``holds(_:)`` can tell. It goes back while a
    ///   changed configuration has the log folded again.
    mutating func advance() throws -> UInt64 {
        try session.foldOn()
        // Read before the rows: they then hold at least this.
        let checkpoint = try session.state.checkpoint()
        guard checkpoint > folded else { return checkpoint }
        folded = checkpoint
        // A configuration that no longer names the key leaves it with what it had.
        if let record = try session.state.record(named: key) {
            entries = try KeyEntries(of: record, in: session.state)
        }
        return checkpoint
    }

    func holds(_ entry: Entry) throws -> Bool { try entries.holds(entry) }
}

import Events

/// What an entry says, for whoever goes through the log.
package enum EntryContent: Sendable, Hashable {
    case event(Event, at: Position)
    /// Any other kind, whole.
    case control(Entry)

    package var position: Position {
        switch self {
        case .event(_, let position): position
        case .control(let entry): entry.position
        }
    }

    /// Reads a stored value.
    ///
    /// - Throws: as ``EntryFormat/entry(at:_:)``, and `damaged` when it is an unreadable event.
    static func read(
        at position: Position, _ value: UnsafeRawBufferPointer
    ) throws(LogError) -> EntryContent {
        try EntryFormat.check(position, value)
        guard EntryFormat.kind(value) == .event else {
            return .control(try EntryFormat.entry(at: position, value))
        }
        let body = UnsafeRawBufferPointer(rebasing: value[EntryFormat.headerBytes...])
        let event = try EventBody.decode(
            body, at: position, recordedAt: EntryFormat.recordedAt(value))
        return .event(event, at: position)
    }
}

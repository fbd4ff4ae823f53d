/// Cuts a call's events into parts that fit in one commit each. Nearly always that is one part.
struct EventParts {
    private let items: [EncodedEvents.Item]
    private let limits: LogLimits
    private var start = 0

    /// - Throws: `entryTooLarge`, before anything was queued.
    init(_ events: EncodedEvents, limits: LogLimits) throws(LogError) {
        for item in events.items { try limits.check(entryBytes: item.body.count) }
        items = events.items
        self.limits = limits
    }

    /// The next part, with its bodies' bytes; nil at the end.
    mutating func next() -> (part: Range<Int>, bytes: Int)? {
        guard start < items.count else { return nil }
        var end = start
        var bytes = 0
        while end < items.count && end - start < limits.batchEventCountMax {
            let size = items[end].body.count
            if end > start && bytes + size > limits.batchBytesMax { break }
            bytes += size
            end += 1
        }
        defer { start = end }
        return (start..<end, bytes)
    }
}

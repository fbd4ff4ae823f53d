import Events

/// Cuts a call's events into parts that fit in one commit each. Nearly always that is one part, and
/// then nothing is copied.
struct EventParts {
    private let events: [Event]
    private let limits: LogLimits
    private let bytes: Int
    private var start = 0

    /// - Throws: `entryTooLarge`, before anything was queued.
    init(_ events: [Event], limits: LogLimits) throws(LogError) {
        var bytes = 0
        for event in events {
            let size = EventBody.size(event)
            try limits.check(entryBytes: size)
            bytes += size
        }
        self.events = events
        self.limits = limits
        self.bytes = bytes
    }

    /// The next part, with its bodies' bytes; nil at the end.
    mutating func next() -> (events: [Event], bytes: Int)? {
        guard start < events.count else { return nil }
        if start == 0 && events.count <= limits.batchEventCountMax && bytes <= limits.batchBytesMax
        {
            start = events.count
            return (events, bytes)
        }
        var end = start
        var partBytes = 0
        while end < events.count && end - start < limits.batchEventCountMax {
            let size = EventBody.size(events[end])
            if end > start && partBytes + size > limits.batchBytesMax { break }
            partBytes += size
            end += 1
        }
        defer { start = end }
        return (Array(events[start..<end]), partBytes)
    }
}

/// Cuts a call's events into parts that fit in one commit each. Nearly always that is one part.
struct EventParts {
    /// Of the events' bodies, in bytes.
    private let sizes: [Int]
    private let limits: LogLimits
    private var start = 0

    /// - Throws: `entryTooLarge`, before anything was queued.
    init(sizes: [Int], limits: LogLimits) throws(LogError) {
        for size in sizes { try limits.check(entryBytes: size) }
        self.sizes = sizes
        self.limits = limits
    }

    /// The next part, with its bodies' bytes; nil at the end.
    mutating func next() -> (part: Range<Int>, bytes: Int)? {
        guard start < sizes.count else { return nil }
        var end = start
        var bytes = 0
        while end < sizes.count && end - start < limits.batchEventCountMax {
            if end > start && bytes + sizes[end] > limits.batchBytesMax { break }
            bytes += sizes[end]
            end += 1
        }
        defer { start = end }
        return (start..<end, bytes)
    }
}

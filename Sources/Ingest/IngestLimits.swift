import Events

/// How much the door takes, of what, and how long it waits. Exceeding one is answered, never cut
/// off.
package struct IngestLimits: Sendable, Hashable {
    /// A request's body as it travels, in bytes. Segment and Customer.io document 500 KB.
    package var requestBodyBytesMax = 500 * 1024
    /// A request's body after decompression, in bytes, counted while it is inflated: a small gzip
    /// body can stand for a thousand times its size.
    package var decompressedBytesMax = 4 * 1024 * 1024
    /// All bodies being read or appended at one time, in bytes. Beyond it senders are told to wait.
    package var bodyBytesInFlightMax = 256 * 1024 * 1024
    /// Events in one request.
    package var batchEventCountMax = 2_500
    /// Each event.
    package var event = EventLimits()
    /// Events a second from one source, on average; `nil` for as many as it likes. Ten sources with
    /// one leaked key among them then still have a door.
    package var eventsPerSecondMax: Int?
    /// Open connections; more wait in the system's backlog.
    package var connectionsMax = 1_024
    /// All header fields of a request together, in bytes.
    package var headerBytesMax = 16 * 1024
    package var headerFieldCountMax = 100
    /// Without a byte from the sender for this long, a connection is closed.
    package var idleTimeout: Duration = .seconds(30)
    /// A body must be there within this time, however steadily it trickles.
    package var bodyDurationMax: Duration = .seconds(60)
    /// What `Retry-After` says while the log is full or busy.
    package var retryAfter: Duration = .seconds(5)

    package init() {}

    /// What one body may hold.
    package var batch: BatchLimits {
        var limits = BatchLimits()
        limits.bodyBytesMax = decompressedBytesMax
        limits.eventCountMax = batchEventCountMax
        limits.event = event
        return limits
    }
}

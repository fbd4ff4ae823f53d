/// The parts of a request that carries several events.
package struct Batch: Sendable, Hashable {
    /// The events, in order.
    package let items: [BatchItem]
    /// The batch's own `sentAt`, `context` and `integrations` as one JSON object; empty when it has
    /// none.
    package let shared: [UInt8]
    /// The write key, for libraries that put it into the body.
    package let writeKey: String?
    package let sentAt: Int64?
    /// When another door received it, for batches out of an archive.
    package let receivedAt: Int64?
}

/// One event of a request that carries several.
package struct BatchItem: Sendable, Hashable {
    /// Where it stands in the request's bytes.
    package let place: Range<Int>
    /// What the door needs to know of it, with places in the request's bytes; `nil` when it was not
    /// found good in passing: then ``EventParser`` judges it alone, and says what is wrong.
    package let envelope: EventEnvelope?
}

/// How much one request may carry.
package struct BatchLimits: Sendable, Hashable {
    /// The request's body after decompression, in bytes.
    package var bodyBytesMax = 4 * 1024 * 1024
    /// Events in one request; Segment documents 2,500.
    package var eventCountMax = 2_500
    package var event = EventLimits()

    package init() {}
}

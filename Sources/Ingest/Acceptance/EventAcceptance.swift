import Events

/// Bytes in, drafts and rejections out: the same judgement for requests and for files. Pure but for
/// the generator of message IDs, which is passed in.
package struct EventAcceptance: Sendable {
    /// What the bytes are expected to be.
    package enum Shape: Sendable, Hashable {
        /// One event; the path it was sent to says its kind.
        case event(EventKind)
        /// `{"batch":[…]}` or a JSON array.
        case batch
        /// One event that says its kind, or a batch: a line of a file.
        case either
    }

    private let limits: BatchLimits
    private let makeMessageID: @Sendable () -> String

    /// - Parameter makeMessageID: called for each event without a message ID; must never repeat
    ///   itself.
    package init(limits: BatchLimits, makeMessageID: @escaping @Sendable () -> String) {
        self.limits = limits
        self.makeMessageID = makeMessageID
    }

    /// - Throws: when the bytes as a whole cannot be read, or their one event is refused. Refused
    ///   events of a batch are listed in the result instead.
    package func accept(
        _ bytes: UnsafeRawBufferPointer, as shape: Shape
    ) throws(EventRejection) -> AcceptedBody {
        switch shape {
        case .event(let kind): try acceptEvent(bytes, kind: kind)
        case .batch: try acceptBatch(bytes)
        case .either where BatchSplitter.isBatch(bytes): try acceptBatch(bytes)
        case .either: try acceptEvent(bytes, kind: nil)
        }
    }

    private func acceptEvent(
        _ bytes: UnsafeRawBufferPointer, kind: EventKind?
    ) throws(EventRejection) -> AcceptedBody {
        let envelope = try EventParser.validate(bytes, as: kind, limits: limits.event)
        var body = AcceptedBody()
        body.writeKey = envelope.writeKey
        body.drafts = [draft(envelope, bytes, index: 0, shared: stated(envelope, by: kind))]
        return body
    }

    /// Bytes stay as sent, so a kind that only the path said is kept beside them.
    private func stated(_ envelope: EventEnvelope, by kind: EventKind?) -> [UInt8] {
        guard envelope.kind == nil, let kind else { return [] }
        return Array("{\"type\":\"\(kind.rawValue)\"}".utf8)
    }

    private func acceptBatch(
        _ bytes: UnsafeRawBufferPointer
    ) throws(EventRejection) -> AcceptedBody {
        let batch = try BatchSplitter.split(bytes, limits: limits)
        var body = AcceptedBody()
        body.isBatch = true
        body.writeKey = batch.writeKey
        body.drafts.reserveCapacity(batch.items.count)
        var eventLimits = limits.event
        // What the batch says is stored with each event, so it counts towards each event's size.
        eventLimits.eventBytesMax -= batch.shared.count
        for (index, range) in batch.items.enumerated() {
            let item = UnsafeRawBufferPointer(rebasing: bytes[range])
            do throws(EventRejection) {
                let envelope = try EventParser.validate(item, limits: eventLimits)
                body.drafts.append(
                    draft(envelope, item, index: index, shared: batch.shared))
            } catch {
                let rejection = error.moved(by: range.lowerBound)
                body.rejections.append(ItemRejection(index: index, rejection: rejection))
            }
        }
        return body
    }

    private func draft(
        _ envelope: EventEnvelope, _ bytes: UnsafeRawBufferPointer, index: Int,
        shared: [UInt8]
    ) -> EventDraft {
        EventDraft(
            index: index, messageID: envelope.messageID ?? makeMessageID(),
            isMessageIDAssigned: envelope.messageID == nil, bytes: envelope.withoutSecret(bytes),
            shared: shared)
    }
}

extension EventRejection {
    /// The same, with its byte counted from the start of what holds the event.
    fileprivate func moved(by distance: Int) -> EventRejection {
        EventRejection(
            reason, message, byteOffset: byteOffset.map { $0 + distance }, field: field)
    }
}

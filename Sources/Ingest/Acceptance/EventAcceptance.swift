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
        /// A line of a file: an event that says its kind, or a batch, maybe in an archive's
        /// wrapping; sent long ago.
        case line
        /// An event made from the row of a table.
        case row
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
        case .line: try acceptLine(bytes)
        case .row: try acceptEvent(bytes, kind: nil, history: History())
        }
    }

    private func acceptEvent(
        _ bytes: UnsafeRawBufferPointer, kind: EventKind?, history: History? = nil
    ) throws(EventRejection) -> AcceptedBody {
        let envelope = try EventParser.validate(bytes, as: kind, limits: limits.event)
        var body = AcceptedBody()
        body.writeKey = envelope.writeKey
        var shared = stated(envelope, by: kind)
        if let history { shared = history.added(to: shared, of: envelope, in: nil) }
        body.drafts = [draft(envelope, 0..<bytes.count, index: 0, shared: shared)]
        return body
    }

    /// Bytes stay as sent, so a kind that only the path said is kept beside them.
    private func stated(_ envelope: EventEnvelope, by kind: EventKind?) -> [UInt8] {
        guard envelope.kind == nil, let kind else { return [] }
        return Array("{\"type\":\"\(kind.rawValue)\"}".utf8)
    }

    private func acceptBatch(
        _ bytes: UnsafeRawBufferPointer, history: History? = nil
    ) throws(EventRejection) -> AcceptedBody {
        let batch = try BatchSplitter.split(bytes, limits: limits)
        var body = AcceptedBody()
        body.isBatch = true
        body.writeKey = batch.writeKey
        body.drafts.reserveCapacity(batch.items.count)
        for (index, item) in batch.items.enumerated() {
            do throws(EventRejection) {
                let envelope = try envelope(of: item, in: batch, bytes)
                let shared =
                    history?.added(to: batch.shared, of: envelope, in: batch) ?? batch.shared
                body.drafts.append(draft(envelope, item.place, index: index, shared: shared))
            } catch {
                body.rejections.append(ItemRejection(index: index, rejection: error))
            }
        }
        return body
    }

    /// What was read in passing; an event that was not found good then is judged alone.
    private func envelope(
        of item: BatchItem, in batch: Batch, _ bytes: UnsafeRawBufferPointer
    ) throws(EventRejection) -> EventEnvelope {
        if let envelope = item.envelope { return envelope }
        var limits = limits.event
        // What the batch says is stored with each event, so it counts towards each event's size.
        limits.eventBytesMax -= batch.shared.count
        let own = UnsafeRawBufferPointer(rebasing: bytes[item.place])
        do throws(EventRejection) {
            let envelope = try EventParser.validate(own, limits: limits)
            return envelope.moved(by: item.place.lowerBound)
        } catch {
            throw error.moved(by: item.place.lowerBound)
        }
    }

    private func acceptLine(
        _ bytes: UnsafeRawBufferPointer
    ) throws(EventRejection) -> AcceptedBody {
        switch MessageForm(bytes) {
        case .event: return try acceptEvent(bytes, kind: nil, history: History())
        case .batch: return try acceptBatch(bytes, history: History())
        case .archived(let payload, let createdAt):
            var wrapping = limits.event
            wrapping.eventBytesMax = limits.bodyBytesMax
            // One level and a few members are the wrapping's own.
            wrapping.depthMax += 3
            wrapping.memberCountMax *= limits.eventCountMax
            try EventParser.checkJSON(bytes, limits: wrapping)
            let inner = UnsafeRawBufferPointer(rebasing: bytes[payload])
            let history = History(archivedAt: createdAt)
            do throws(EventRejection) {
                let body =
                    MessageForm(inner) == .batch
                    ? try acceptBatch(inner, history: history)
                    : try acceptEvent(inner, kind: nil, history: history)
                return body.moved(by: payload.lowerBound)
            } catch {
                throw error.moved(by: payload.lowerBound)
            }
        }
    }

    private func draft(
        _ envelope: EventEnvelope, _ place: Range<Int>, index: Int, shared: [UInt8]
    ) -> EventDraft {
        EventDraft(
            envelope, index: index, place: place, shared: shared, makeMessageID: makeMessageID)
    }
}

extension EventRejection {
    /// The same for what does not stand in the sender's own bytes.
    var withoutByte: EventRejection { EventRejection(reason, message, field: field) }

    /// The same, with its byte counted from the start of what holds the event.
    func moved(by distance: Int) -> EventRejection {
        EventRejection(
            reason, message, byteOffset: byteOffset.map { $0 + distance }, field: field)
    }
}

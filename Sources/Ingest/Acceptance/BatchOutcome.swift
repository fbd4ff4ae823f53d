import EventLog
import Events

/// What became of the events of one request or file: judged by us, then by the log.
package struct BatchOutcome: Sendable, Hashable {
    package private(set) var acceptedCount = 0
    package private(set) var duplicateCount = 0
    /// In the order of the events.
    package private(set) var rejections: [ItemRejection]
    /// The highest position given to an event of this request, or found for a duplicate.
    package private(set) var lastPosition: Position?

    package var storedCount: Int { acceptedCount + duplicateCount }

    /// - Parameters:
    ///   - body: what was judged.
    ///   - results: the log's answer for each of its drafts, in order.
    package init(_ body: AcceptedBody, results: [AppendResult]) {
        rejections = body.rejections
        for (draft, result) in zip(body.drafts, results) { count(draft, result) }
        if rejections.count > body.rejections.count { rejections.sort { $0.index < $1.index } }
    }

    private mutating func count(_ draft: EventDraft, _ result: AppendResult) {
        switch result {
        case .accepted(let position):
            acceptedCount += 1
            lastPosition = max(lastPosition ?? position, position)
        case .duplicate(let position):
            duplicateCount += 1
            lastPosition = max(lastPosition ?? position, position)
        case .conflict:
            rejections.append(ItemRejection(index: draft.index, rejection: .messageIDConflict))
        }
    }
}

extension EventRejection {
    /// An event whose message ID the log knows with another body.
    package static let messageIDConflict = EventRejection(
        .messageIDConflict,
        "an event with this messageId was accepted before with another body; the first stays",
        field: "messageId")
}

import Events
import Projection
import Records

/// One line of the audit: an operation that was sent, or a key for which nothing could be.
package struct AuditItem: Sendable, Hashable, Encodable {
    package enum Outcome: String, Sendable, Hashable, Codable {
        case succeeded, failed
        case inDoubt = "in-doubt"
        case blocked
    }

    package struct Problem: Sendable, Hashable, Codable {
        package let code: String
        package let message: String
    }

    /// Position of the entry and index within it.
    package let id: String
    /// When the intent was recorded, or the key was blocked: RFC 3339.
    package let at: String
    package let object: String
    package let operation: String
    /// The first of ``keys``.
    package let key: [String: String]
    /// All matcher keys that it was about: keys of one record are one piece of work.
    package let keys: [[String: String]]
    @NullWhenAbsent package var recordId: String?
    @NullWhenAbsent package var status: Int?
    package var outcome: Outcome
    package let fields: [String: PlainValue]
    /// Positions of the events that caused it.
    package let events: [UInt64]
    /// Sendings in a row for a key of it, this one included, since one was answered for good.
    package let attempts: Int
    @NullWhenAbsent package var error: Problem?
    /// When a doubt ended: the fence had passed, and the key was looked at again. What it had come
    /// to is told by what follows for the key.
    @NullWhenAbsent package var resolvedAt: String?

    /// The status that stands for an answer: 201 and 200 as Salesforce answers single records, 400
    /// for a refusal; none while in doubt.
    static func status(of result: OperationResult, kind: OperationKind) -> Int? {
        switch result.status {
        case .succeeded: kind == .create && result.wasCreated != false ? 201 : 200
        case .failed, .again: 400
        case .inDoubt: nil
        }
    }
}

/// Which items of the audit are wanted.
package struct AuditFilter: Sendable, Hashable {
    /// Positions, both included.
    package var from: UInt64 = 1
    package var through: UInt64 = .max
    package var object: String?
    package var status: Int?
    package var key: MatcherKey?

    package init() {}

    func accepts(_ item: AuditItem) -> Bool {
        (object == nil || item.object == object) && (status == nil || item.status == status)
            && (key.map { $0.object == item.object && item.keys.contains($0.fields) } ?? true)
    }
}

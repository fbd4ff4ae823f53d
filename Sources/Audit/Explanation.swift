import EventLog
import Events
import Projection
import Records

/// Why a record holds what it holds: field by field the value, the event, the action, what was
/// sent.
package struct Explanation: Sendable, Hashable, Encodable {
    package struct Field: Sendable, Hashable, Encodable {
        package let field: String
        @NullWhenAbsent package var desired: PlainValue?
        /// What Salesforce holds now; nothing when it was not asked.
        @NullWhenAbsent package var observed: PlainValue?
        package let event: EventReference
        package let action: String
        @NullWhenAbsent package var lastSent: Sent?
        /// What Salesforce's own automation makes of the desired value each time it is written; it
        /// is left so.
        @NullWhenAbsent package var rewritten: PlainValue?
        /// Why the mapped value cannot be sent, if so.
        @NullWhenAbsent package var problem: String?
    }

    /// The last operation that wrote a field.
    package struct Sent: Sendable, Hashable, Codable {
        package let operation: String
        package let at: String
        @NullWhenAbsent package var status: Int?
    }

    /// Something that happened to the key.
    package struct Happening: Sendable, Hashable, Codable {
        package let position: UInt64
        package let at: String
        /// `event`, `operation` or `blocked`.
        package let kind: String
        package let summary: String
    }

    package let object: String
    package let key: [String: String]
    /// Other matcher values that name the same record.
    package let aliases: [[String: String]]
    @NullWhenAbsent package var recordId: String?
    package let presence: String
    package let state: String
    /// Why the key is parked, if it is.
    @NullWhenAbsent package var reason: String?
    package let fields: [Field]
    package let history: [Happening]
}

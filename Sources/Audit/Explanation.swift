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

    /// Something that happened to a key of the record.
    package struct Happening: Sendable, Hashable, Codable {
        package let position: UInt64
        package let at: String
        /// `event`, `operation` or `blocked`.
        package let kind: String
        package let summary: String
    }

    /// How far delivery has come with one of the record's keys.
    package struct Key: Sendable, Hashable, Codable {
        package let key: [String: String]
        package let state: String
        /// Why the key is parked, if it is.
        @NullWhenAbsent package var reason: String?
    }

    package let object: String
    /// The key that was asked for.
    package let key: [String: String]
    /// Other matcher values that name the same record, those of its other keys among them.
    package let aliases: [[String: String]]
    @NullWhenAbsent package var recordId: String?
    /// What all keys of the record together ask for.
    package let presence: String
    package let state: String
    /// Why the key is parked, if it is.
    @NullWhenAbsent package var reason: String?
    /// Every key of the record, the one that was asked for first.
    package let keys: [Key]
    /// What all keys together want the record to hold.
    package let fields: [Field]
    package let history: [Happening]
}

import EventLog
import Events
import Records
import TestSupport

@testable import Projection

/// One identify event of a test.
struct TestEvent: Sendable {
    /// Seconds after ``ProjectionBench/epoch``.
    var time: Int64
    /// JSON of the traits.
    var traits: String
    var name = "Updated"
    var id: String
    var more = ""
    var receivedAt = ProjectionBench.receivedAt
    var source = "web"

    init(
        _ time: Int64, _ traits: String, _ name: String = "Updated", id: String? = nil,
        more: String = ""
    ) {
        self.time = time
        self.traits = traits
        self.name = name
        self.more = more
        self.id = id ?? "\(time)/\(name)/\(traits)/\(more)"
    }

    var event: Event {
        let timestamp = Timestamp.format(ProjectionBench.epoch + time * 1_000)
        let text = """
            {"type":"track","event":"\(name)","userId":"u","timestamp":"\(timestamp)",\
            "properties":{\(traits)}\(more.isEmpty ? "" : "," + more)}
            """
        return Event(
            source: source, messageID: id, receivedAt: receivedAt, bytes: Array(text.utf8))
    }
}

extension DesiredRecord {
    /// What is desired, without ids and positions: `Contact exists Email=ann@x First=Ann`. A field
    /// that is to be cleared reads `First=null`, one with a value that cannot be sent `First=!`.
    var content: String {
        let state = presence.isAbsent ? "absent" : presence.exists == nil ? "if-exists" : "exists"
        let names =
            form == .creation
            ? ["(new)"] : matchers.map { "\($0.term.field)=\($0.term.form)" }.sorted()
        let values = fields.map { field in
            switch field.content {
            case .value(let value): "\(field.name)=\(value.text ?? value.json)"
            case .invalid: "\(field.name)=!"
            case .parent(let parent): "\(field.name)=>\(parent.place.key.text)"
            }
        }
        return ([object, state] + names + ["|"] + values).joined(separator: " ")
    }

    /// ``content`` and all that the order of events must not change: for each part of it the event
    /// time and the action that it comes from, and the matcher values as they were sent.
    var timedContent: String {
        let presences = [presence.exists, presence.absent, presence.ifExists].map {
            $0?.origin ?? "-"
        }
        let values = matchers.map { matcher in
            // A create's matcher is its event's position, which goes by the order.
            let value = form == .creation ? "" : matcher.value.text ?? matcher.value.json
            return "\(matcher.term.field)=\(value)@\(matcher.stamp.origin)"
        }
        let origins = fields.map { "\($0.name)@\($0.stamp.origin),\($0.policy)" }
        return ([content, "form \(form)"] + presences + values.sorted() + origins)
            .joined(separator: " ")
    }
}

extension Stamp {
    /// The event time, in seconds after ``ProjectionBench/epoch``, and the action.
    fileprivate var origin: String {
        "\((eventTime - ProjectionBench.epoch) / 1_000)/\(action)"
    }
}

extension ObjectDescription {
    static let contact = ObjectDescription(
        name: "Contact", keyPrefix: "003", isCreateable: true, isUpdateable: true,
        isDeletable: true, isQueryable: true,
        fields: [
            FieldDescription(name: "Id", type: .id, isNillable: false, isCreateable: false),
            FieldDescription(name: "Email", type: .email, length: 80),
            FieldDescription(
                name: "External_Id__c", type: .string, length: 255, isExternalID: true,
                isUnique: true),
            FieldDescription(name: "FirstName", type: .string, length: 40),
            FieldDescription(name: "LastName", type: .string, length: 80),
            FieldDescription(name: "Score__c", type: .double, precision: 18, scale: 2),
            FieldDescription(name: "Active__c", type: .boolean, isNillable: false),
        ])

    static let account = ObjectDescription(
        name: "Account", keyPrefix: "001", isCreateable: true, isUpdateable: true,
        isDeletable: true, isQueryable: true,
        fields: [FieldDescription(name: "Name", type: .string, length: 255)])
}

extension RecordID {
    /// Ids whose checksum is right: all letters are lower case.
    static let first = known("003000000000001")
    static let second = known("003000000000002")

    private static func known(_ text: String) -> RecordID {
        guard let id = RecordID(text) else { preconditionFailure("\(text) is an id") }
        return id
    }
}

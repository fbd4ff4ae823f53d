import Reconciliation
import Records
import Testing

/// The people and fields that the tests of this target speak about.
enum Scene {
    static let contact = ObjectDescription(
        name: "Contact", keyPrefix: "003", isCreateable: true, isUpdateable: true,
        isDeletable: true, isQueryable: true, fields: fields)

    static let fields = [
        FieldDescription(
            name: "Id", type: .id, length: 18, isNillable: false, isCreateable: false,
            isUpdateable: false, isDefaultedOnCreate: true),
        FieldDescription(name: "LastName", type: .string, length: 80, isNillable: false),
        FieldDescription(name: "FirstName", type: .string, length: 40),
        FieldDescription(
            name: "Name", type: .string, length: 121, isNillable: false, isCreateable: false,
            isUpdateable: false),
        FieldDescription(name: "Email", type: .email, length: 80, isIDLookup: true),
        FieldDescription(
            name: "External_Id__c", type: .string, length: 40, isExternalID: true, isUnique: true,
            isIDLookup: true),
        FieldDescription(
            name: "Plan__c", type: .picklist, length: 255, picklistValues: ["Free", "Pro"]),
        FieldDescription(name: "Region__c", type: .string, length: 40),
        FieldDescription(name: "Score__c", type: .double, precision: 10, scale: 2),
        FieldDescription(
            name: "Active__c", type: .boolean, isNillable: false, isDefaultedOnCreate: true),
        FieldDescription(
            name: "Services__c", type: .multipicklist, length: 4099,
            picklistValues: ["Pay", "Charge"]),
        FieldDescription(name: "Seen__c", type: .datetime),
        FieldDescription(
            name: "AccountId", type: .reference, length: 18, referenceTo: ["Account"],
            relationshipName: "Account"),
        FieldDescription(
            name: "Account.External_Id__c", type: .string, length: 40, isCreateable: false,
            isUpdateable: false, isUnique: true),
        FieldDescription(name: "SSN__c", type: .encryptedString, length: 20),
        FieldDescription(
            name: "Tier__c", type: .picklist, length: 255, isDefaultedOnCreate: true,
            picklistValues: ["Free", "Pro"]),
        FieldDescription(name: "Origin__c", type: .string, length: 40, isUpdateable: false),
        FieldDescription(name: "Review__c", type: .string, length: 40, isCreateable: false),
    ]

    /// A contact that allows this user less.
    static func contact(
        creates: Bool = true, updates: Bool = true, deletes: Bool = true
    ) -> ObjectDescription {
        ObjectDescription(
            name: "Contact", keyPrefix: "003", isCreateable: creates, isUpdateable: updates,
            isDeletable: deletes, isQueryable: true, fields: fields)
    }

    static let ids: [RecordID] = (0..<60).compactMap { number in
        let digits = String(number)
        return RecordID("003" + String(repeating: "0", count: 12 - digits.count) + digits)
    }

    /// A record with every field selected: null, unless given.
    static func record(_ number: Int, _ given: [String: FieldValue] = [:]) -> Record {
        var values: [String: FieldValue] = ["Account": .null]
        // A path is read inside the parent, as Salesforce answers it.
        for field in fields where !field.name.contains(".") {
            values[field.name] = field.type == .boolean ? .boolean(false) : .null
        }
        values["Id"] = .text(ids[number].description)
        return Record(
            object: "Contact", id: ids[number], fields: values.merging(given) { _, given in given })
    }

    static func cause(_ time: Int64, _ action: String = "Profiles") -> Cause {
        Cause(
            position: UInt64(time), messageID: "message-\(time)", eventTime: time, action: action)
    }
}

/// A key that wants `presence` since `time`.
func key(
    _ key: UInt64, _ presence: Presence = .exists, at time: Int64 = 100, by matchers: Matchers,
    _ fields: [DesiredField] = [], link: RecordID? = nil, joinedLinks: [RecordID] = [],
    isLinkDecided: Bool = false
) -> DesiredState {
    DesiredState(
        object: "Contact", key: key, presence: presence, presenceCause: Scene.cause(time),
        matchers: matchers, fields: fields, link: link, joinedLinks: joinedLinks,
        isLinkDecided: isLinkDecided)
}

/// A field that should hold `value` since `time`.
func want(
    _ name: String, _ value: FieldValue, _ policy: WritePolicy = .always, at time: Int64 = 100,
    action: String = "Profiles"
) -> DesiredField {
    DesiredField(name: name, value: value, policy: policy, cause: Scene.cause(time, action))
}

func any(_ values: (String, String)...) -> Matchers {
    let values = values.map { MatcherValue(field: $0.0, value: .text($0.1)) }
    return .any(values, current: values)
}

func all(_ values: (String, String)...) -> Matchers {
    .all(values.map { MatcherValue(field: $0.0, value: .text($0.1)) })
}

func number(_ text: String) -> FieldValue { DecimalNumber(text).map(FieldValue.number) ?? .null }

/// The plan for contacts, having seen that the judge lets it pass.
func plan(
    _ desired: [DesiredState], _ observed: [Record] = [],
    _ description: ObjectDescription = Scene.contact,
    sourceLocation: SourceLocation = #_sourceLocation
) -> Plan {
    let plan = reconcile(desired: desired, observed: observed, description: description)
    let violations = judge(plan, desired: desired, observed: observed, description: description)
    #expect(violations == [], sourceLocation: sourceLocation)
    return plan
}

extension Plan {
    /// What the plan says of each key, in a word or two, in the order of keys.
    var verdicts: [String] {
        var verdicts: [UInt64: String] = [:]
        for operation in operations {
            let record = operation.recordID.flatMap { Scene.ids.firstIndex(of: $0) }
            for key in operation.keys {
                verdicts[key] = operation.kind.rawValue + (record.map { " \($0)" } ?? "")
            }
        }
        for settled in settled {
            let record = settled.recordID.flatMap { Scene.ids.firstIndex(of: $0) }
            verdicts[settled.key] = "settled" + (record.map { " \($0)" } ?? "")
        }
        for blocked in blocked { verdicts[blocked.key] = "\(blocked.status)" }
        for deferred in deferred {
            let keys = deferred.waitsFor.map(String.init).joined(separator: ",")
            verdicts[deferred.key] = "after \(keys)"
        }
        return verdicts.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Fields and values of the plan's only operation.
    var sent: [String: FieldValue] {
        guard operations.count == 1, let operation = operations.first else { return [:] }
        return Dictionary(operation.changes.map { ($0.field, $0.after) }) { first, _ in first }
    }
}

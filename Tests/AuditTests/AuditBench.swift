import Actions
import Audit
import EventLog
import Events
import Projection
import Records
import TestSupport

/// A log as delivery writes it, its state, and what is read off both.
struct AuditBench {
    let log: LogWriter
    let projector: Projector
    let folder: String

    /// When events are received; every entry is recorded at ``withAuditBench(_:)``'s time.
    static let receivedAt: Int64 = 1_750_000_000_000

    static let action = """
        {"name":"Profiles","object":"Contact","trigger":"type = \\"identify\\"",\
        "operation":"upsert",\
        "matchers":{"Email":"$.traits.email","External_Id__c":"$.userId"},\
        "fields":{"FirstName":"$.traits.first","Score__c":"$.traits.score"}}
        """
    /// Tracks take people away, and pages make a record each.
    private static let others = """
        {"name":"Leavers","object":"Contact","trigger":"type = \\"track\\"",\
        "operation":"delete","matchers":{"External_Id__c":"$.userId"},"from":"start"},\
        {"name":"Visitors","object":"Contact","trigger":"type = \\"page\\"",\
        "operation":"create","fields":{"FirstName":"$.properties.first"},"from":"start"}
        """

    private static func actions() throws -> [Action] {
        try ActionSet(normalisedJSON: Array("{\"actions\":[\(action),\(others)]}".utf8)).actions
    }

    /// Puts the actions in force.
    func configure() async throws {
        let entry = ConfigurationEntry(
            actions: try Self.actions(), descriptions: [.contact], organization: nil)
        _ = try await log.append(kind: .configuration, body: entry.encoded())
    }

    /// Appends an identify event with these members, and returns its position.
    @discardableResult
    func identify(_ members: String, id: String) async throws -> UInt64 {
        try await event("identify", members, id: id)
    }

    /// The same of another type.
    @discardableResult
    func event(_ type: String, _ members: String, id: String) async throws -> UInt64 {
        let text = "{\"type\":\"\(type)\",\(members)}"
        let event = Event(
            source: "web", messageID: id, receivedAt: Self.receivedAt, bytes: Array(text.utf8))
        return try await log.append([event])[0].position.number
    }

    /// What one operation of an intent is to be.
    struct Sending {
        var kind = OperationKind.create
        var email: String
        /// Other keys of the same record.
        var besides: [MatcherKey] = []
        var recordID: RecordID?
        var changes: [(field: String, after: FieldValue, event: UInt64)] = []
    }

    /// Appends an intent, and returns its position.
    func send(_ sendings: Sending...) async throws -> UInt64 {
        let operations = sendings.map { sending in
            IntentOperation(
                kind: sending.kind,
                keys: ([.email(sending.email)] + sending.besides).map {
                    KeyVersion(key: $0, version: 2)
                },
                recordID: sending.recordID, upsertField: nil,
                changes: sending.changes.map { change in
                    IntentChange(
                        field: change.field, before: .null, after: change.after,
                        event: change.event, messageID: "m", eventTime: 0, action: "Profiles")
                },
                reason: "a test sends it", observedModstamp: nil)
        }
        let intent = IntentEntry(
            epoch: 1, configuration: "",
            request: IntentRequest(method: "POST", path: "/", body: "", hash: ""),
            operations: operations)
        return try await log.append(kind: .intent, body: LogJSON.encode(intent)).number
    }

    @discardableResult
    func append(_ outcome: OutcomeEntry) async throws -> UInt64 {
        try await log.append(kind: .outcome, body: LogJSON.encode(outcome)).number
    }

    func answer(_ intent: UInt64, _ results: OperationResult...) async throws {
        try await append(OutcomeEntry(intent: intent, results: results))
    }

    func items(_ change: (inout AuditFilter) -> Void = { _ in }) throws -> [AuditItem] {
        var filter = AuditFilter()
        change(&filter)
        return try AuditTrail(log: log.reader()).items(filter)
    }

    /// Everything folded; the records in the order of their ids.
    func records() throws -> [DesiredRecord] {
        try projector.catchUp()
        return try projector.state.records(after: 0, countMax: .max)
    }

    func explanation(of record: DesiredRecord, observed: Record? = nil) throws -> Explanation {
        try ExplanationBuilder(
            log: log.reader(), state: projector.state,
            configuration: ConfigurationEntry(
                actions: try Self.actions(), descriptions: [.contact], organization: nil)
        ).explanation(of: SharedRecord(record, in: projector.state), observed: observed)
    }

    func verification() throws -> Verification {
        try projector.catchUp()
        return try Verification.run(
            log: log.reader(), state: projector.state, scratch: folder + "/scratch")
    }
}

/// Lends a bench whose action is in force: the configuration is entry 1.
func withAuditBench(_ body: (AuditBench) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        try await withLog(in: folder + "/log") { log, _ in
            var limits = ProjectorLimits()
            limits.mapBytesMax = testLimits.mapBytesMax
            let projector = try Projector(
                folder: folder + "/state", log: log.reader(), limits: limits)
            defer { projector.close() }
            let bench = AuditBench(log: log, projector: projector, folder: folder)
            try await bench.configure()
            try await body(bench)
        }
    }
}

extension MatcherKey {
    static func email(_ text: String) -> MatcherKey {
        MatcherKey(object: "Contact", terms: [Term(field: "Email", form: text)])
    }

    static func external(_ text: String) -> MatcherKey {
        MatcherKey(object: "Contact", terms: [Term(field: "External_Id__c", form: text)])
    }
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
            FieldDescription(name: "Score__c", type: .double, precision: 18, scale: 2),
        ])
}

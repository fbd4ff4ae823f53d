import Actions
import EventLog
import Events
import LMDB
import Records
import TestSupport

@testable import Projection

/// A state that a test did not expect at all, so that going on makes no sense.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
}

/// A log and its projection in a folder of their own: what every test here works on.
struct ProjectionBench {
    let log: LogWriter
    let folder: String
    let projector: Projector

    /// When every event of a test is received, unless it says otherwise; its time is counted from
    /// ``epoch``.
    static let receivedAt: Int64 = 1_760_000_000_000
    /// Where the event times of tests begin, in milliseconds since 1970.
    static let epoch: Int64 = 1_750_000_000_000

    var state: StateStore { projector.state }

    /// Puts actions, written as the recorded configuration writes them, in force.
    @discardableResult
    func configure(
        _ actions: String, descriptions: [ObjectDescription] = [.contact, .account]
    ) async throws -> UInt64 {
        let set = try ActionSet(normalisedJSON: Array("{\"actions\":[\(actions)]}".utf8))
        let entry = ConfigurationEntry(
            actions: set.actions, descriptions: descriptions, organization: nil)
        return try await log.append(kind: .configuration, body: entry.encoded()).number
    }

    @discardableResult
    func send(_ events: TestEvent...) async throws -> [UInt64] {
        try await send(events)
    }

    @discardableResult
    func send(_ events: [TestEvent]) async throws -> [UInt64] {
        try await log.append(events.map(\.event)).map(\.position.number)
    }

    @discardableResult
    func append(_ outcome: OutcomeEntry) async throws -> UInt64 {
        try await log.append(kind: .outcome, body: LogJSON.encode(outcome)).number
    }

    @discardableResult
    func append(_ decision: DecisionEntry) async throws -> UInt64 {
        try await log.append(kind: .decision, body: LogJSON.encode(decision)).number
    }

    /// Records that an operation about each of `keys` was sent.
    @discardableResult
    func appendIntent(
        _ kind: OperationKind, _ keys: [KeyVersion], upsertField: String? = nil,
        changes: [IntentChange] = []
    ) async throws -> UInt64 {
        let operations = keys.map { key in
            IntentOperation(
                kind: kind, keys: [key], recordID: kind == .create ? nil : .first,
                upsertField: upsertField, changes: changes, reason: "a test sends it",
                observedModstamp: nil)
        }
        let request = IntentRequest(method: "POST", path: "/composite/sobjects", body: "", hash: "")
        let intent = IntentEntry(
            epoch: 1, configuration: "", request: request, operations: operations)
        return try await log.append(kind: .intent, body: LogJSON.encode(intent)).number
    }

    func project() throws { try projector.catchUp() }

    /// All records, in the order of their ids.
    func records() throws -> [DesiredRecord] {
        try project()
        return try state.records(after: 0, countMax: .max)
    }

    /// The one record there is.
    func record() throws -> DesiredRecord {
        let records = try records()
        guard let record = records.first, records.count == 1 else {
            throw Unexpected(description: "\(records.count) records instead of one")
        }
        return record
    }

    func record(email: String) throws -> DesiredRecord? {
        try project()
        return try state.record(
            named: MatcherKey(object: "Contact", terms: [.init(field: "Email", form: email)]))
    }
}

/// Lends a bench. When `body` returns, the state is folded again from nothing, one entry in each
/// transaction, and must be the same byte for byte; the log must be sound.
func withProjection(
    _ actions: String? = nil, limits: ProjectorLimits = .test,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (ProjectionBench) async throws -> Void
) async throws {
    try await withLog { log, logFolder in
        let folder = logFolder + "-state"
        let projector = try Projector(folder: folder, log: log.reader(), limits: limits)
        defer { projector.close() }
        let bench = ProjectionBench(log: log, folder: folder, projector: projector)
        if let actions { try await bench.configure(actions) }
        try await body(bench)
        try bench.project()
        let digest = try projector.state.digest()
        guard try rebuiltDigest(log, folder: folder + "-again", batchEntryCountMax: 1) == digest
        else { throw Unexpected(description: "the state is not the fold of its log") }
    }
}

/// The digest of a state folded from nothing, a new projector for each batch when `isRestarting`.
func rebuiltDigest(
    _ log: LogWriter, folder: String, batchEntryCountMax: Int, isRestarting: Bool = false
) throws -> [UInt8] {
    var limits = ProjectorLimits.test
    limits.batchEntryCountMax = batchEntryCountMax
    while isRestarting {
        let projector = try Projector(folder: folder, log: log.reader(), limits: limits)
        defer { projector.close() }
        guard try projector.projectNextBatch() > 0 else { break }
    }
    let projector = try Projector(folder: folder, log: log.reader(), limits: limits)
    defer { projector.close() }
    try projector.catchUp()
    return try projector.state.digest()
}

extension ProjectorLimits {
    /// The product's but for the map: some systems ration address space, and tests run many at
    /// once.
    static var test: ProjectorLimits {
        var limits = ProjectorLimits()
        limits.mapBytesMax = 1 << 30
        return limits
    }
}

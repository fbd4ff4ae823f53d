import Actions
import AsyncHTTPClient
import EventLog
import Events
import Foundation
import Logging
import Projection
import Records
import Salesforce
import SalesforceEmulator
import Synchronization
import TestSupport

@testable import Delivery

/// A clock that stands still until it is told to go on, or until somebody sleeps by it.
final class ManualClock: Sendable {
    // Protected by the mutex.
    private let time: Mutex<Duration>
    /// What the boot is called whose time it is.
    let boot: String?

    init(boot: String? = "boot", at time: Duration = .seconds(1_000)) {
        self.boot = boot
        self.time = Mutex(time)
    }

    var now: Duration { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 += duration } }

    /// Milliseconds since 1970, going with the monotonic time.
    var wall: Int64 { 1_760_000_000_000 + Int64(now / .milliseconds(1)) }

    var environment: DeliveryEnvironment {
        DeliveryEnvironment(
            wallClock: { self.wall }, monotonicClock: { self.now }, boot: boot,
            sleep: { duration in
                try Task.checkCancellation()
                self.advance(by: duration)
            },
            random: { 0.5 })
    }
}

/// An org, a log and one engine between them.
struct DeliveryBench: Sendable {
    let org: Org
    let log: LogWriter
    let projector: Projector
    let client: SalesforceClient
    let engine: DeliveryEngine
    let clock: ManualClock
    let settings: DeliverySettings

    /// Steps until nothing is left but what waits behind fences, pauses and people.
    @discardableResult
    func settle() async throws -> SyncPass.Result {
        try await SyncPass(engine: engine, environment: clock.environment).run()
    }

    /// Lets the fence pass.
    func passFence() { clock.advance(by: settings.fence + .seconds(1)) }

    func send(_ people: TestPerson...) async throws { try await send(people) }

    func send(_ people: [TestPerson]) async throws {
        _ = try await log.append(people.map(\.event))
    }

    func decide(_ decision: DecisionEntry) async throws {
        _ = try await log.append(kind: .decision, body: LogJSON.encode(decision))
    }

    // MARK: The state of the world

    /// `Email FirstName LastName` of every live contact, sorted.
    func contacts() -> [String] {
        org.records(of: "Contact").map { record in
            ["Email", "FirstName", "LastName"].map { record[$0]?.string ?? "-" }
                .joined(separator: " ")
        }.sorted()
    }

    /// Writes that the org executed for API calls.
    func writes() -> [String] { org.truth.map { "\($0.kind.rawValue) \($0.object)" } }

    /// Every key: its first matcher value and its status, sorted.
    func keys() async throws -> [String] {
        try await engine.project()
        return try projector.state.records(after: 0, countMax: .max).map { record in
            "\(record.matchers.first?.term.form ?? "-") \(record.delivery.status.name)"
        }.sorted()
    }

    func outcomes() throws -> [OutcomeEntry] {
        let reader = log.reader()
        return try reader.positions(of: .outcome, through: reader.lastPosition()).map { position in
            guard let entry = try reader.entry(at: position) else {
                throw Unexpected(description: "no entry at \(position)")
            }
            return try LogJSON.decode(
                OutcomeEntry.self, from: entry.body, at: position.number)
        }
    }

    func intents() throws -> [(position: UInt64, intent: IntentEntry)] {
        let reader = log.reader()
        return try reader.positions(of: .intent, through: reader.lastPosition()).map { position in
            guard let entry = try reader.entry(at: position) else {
                throw Unexpected(description: "no entry at \(position)")
            }
            return (
                position.number,
                try LogJSON.decode(IntentEntry.self, from: entry.body, at: position.number)
            )
        }
    }
}

/// A state that a test did not expect at all, so that going on makes no sense.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
}

/// Lends an org, a log and an engine. When `body` returns, every write that the org executed must
/// be in an intent, every intent must have ended, and the stores must be sound.
func withDelivery(
    _ actions: String = TestRules.byEmail, options: EmulatorOptions = EmulatorOptions(),
    leavesDoubts: Bool = false, settings: DeliverySettings = .test, logger: Logger = .silent,
    _ body: @escaping @Sendable (DeliveryBench) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        try await EmulatorServer.withRunning(options) { server in
            try await withEngine(
                actions, in: folder, of: server, leavesDoubts: leavesDoubts, settings: settings,
                logger: logger, body)
        }
    }
}

/// The same in a folder and of an org that stay: for tests in which one engine takes over from
/// another.
func withEngine(
    _ actions: String = TestRules.byEmail, in folder: String, of server: EmulatorServer,
    clock: ManualClock = ManualClock(), leavesDoubts: Bool = false,
    settings: DeliverySettings = .test, logger: Logger = .silent,
    _ body: @Sendable (DeliveryBench) async throws -> Void
) async throws {
    var limits = ClientLimits()
    limits.allocationShare = settings.budgetShare
    let http = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: limits.httpConfiguration)
    let result: Result<Void, any Error>
    do {
        let client = SalesforceClient(
            settings: try ClientSettings(
                loginURL: server.baseURL, apiVersion: "64.0",
                authorization: .clientCredentials(
                    clientID: Confidential("demo-client"),
                    clientSecret: Confidential("demo-secret")),
                limits: limits),
            http: http, logger: logger)
        try await withEngine(
            actions, in: folder, of: server.org, client, clock, leavesDoubts, settings, logger,
            body)
        result = .success(())
    } catch {
        result = .failure(error)
    }
    try await http.shutdown()
    try result.get()
}

private func withEngine(
    _ actions: String, in folder: String, of org: Org, _ client: SalesforceClient,
    _ clock: ManualClock, _ leavesDoubts: Bool, _ settings: DeliverySettings, _ logger: Logger,
    _ body: @Sendable (DeliveryBench) async throws -> Void
) async throws {
    try await withLog(in: folder + "/log", now: { clock.wall }) { log, _ in
        let projector = try Projector(
            folder: folder + "/state", log: log.reader(), limits: .test)
        defer { projector.close() }
        let engine = DeliveryEngine(
            log: log, projector: projector, client: client, settings: settings,
            environment: clock.environment, logger: logger)
        let bench = DeliveryBench(
            org: org, log: log, projector: projector, client: client, engine: engine, clock: clock,
            settings: settings)
        do {
            try await engine.start()
            try await engine.configure(TestRules.actions(actions))
            try await body(bench)
            try await engine.project()
            try bench.checkRebuild(folder)
            try bench.checkIntents(leavesDoubts: leavesDoubts)
        } catch {
            await engine.stop()
            throw error
        }
        await engine.stop()
    }
}

extension DeliveryBench {
    /// The state must be the fold of the log, byte for byte.
    fileprivate func checkRebuild(_ folder: String) throws {
        let again = try Projector(
            folder: folder + "/state-" + UUID().uuidString, log: log.reader(), limits: .test)
        defer { again.close() }
        try again.catchUp()
        guard try again.state.digest() == projector.state.digest() else {
            throw Unexpected(description: "the state is not the fold of its log")
        }
    }

    /// What Salesforce executed is a subset of the intents, and every intent ended.
    fileprivate func checkIntents(leavesDoubts: Bool) throws {
        var unexplained = try intents().flatMap(\.intent.operations)
        for write in org.truth {
            // An upsert in doubt is sent again and executed twice, each time by an intent of its
            // own.
            guard let index = unexplained.firstIndex(where: { $0.explains(write) }) else {
                throw Unexpected(description: "\(write.kind) of \(write.id) was in no intent")
            }
            unexplained.remove(at: index)
        }
        let open = try projector.state.openOperations()
        guard leavesDoubts || open.isEmpty else {
            throw Unexpected(description: "\(open.count) operations never ended")
        }
        guard open.allSatisfy(\.isInDoubt) else {
            throw Unexpected(description: "an answer is still awaited")
        }
    }
}

extension IntentOperation {
    /// Whether this is what the org executed.
    fileprivate func explains(_ write: ExecutedWrite) -> Bool {
        let isKind = kind.rawValue == write.kind.rawValue || upsertField != nil
        guard isKind, recordID == nil || recordID?.description == write.id else { return false }
        guard recordID == nil else { return true }
        // Salesforce may store every other value in another form.
        if let key = changes.first(where: { $0.field == upsertField }) {
            return write.fields[key.field]?.string == key.after.text
        }
        let wanted = Set(changes.map { "\($0.field)=\($0.after.text?.lowercased() ?? "")" })
        let written = write.fields.filter { wanted.contains("\($0.key)=\($0.value.lowercased)") }
        return written.count == wanted.count
    }
}

extension JSON {
    fileprivate var lowercased: String { string?.lowercased() ?? "" }
}

extension Logger {
    static let silent = Logger(label: "delivery-tests", factory: { _ in SwiftLogNoOpLogHandler() })
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

extension DeliverySettings {
    static let test = DeliverySettings()

    static func test(_ change: (inout DeliverySettings) -> Void) -> DeliverySettings {
        var settings = DeliverySettings()
        change(&settings)
        return settings
    }
}

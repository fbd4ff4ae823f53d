import Actions
import EventLog
import Events
import Foundation
import ProfileGenerator
import Projection
import Records

extension Benchmark {
    /// How fast events become desired state, on one core.
    static let fold = Benchmark(
        name: "fold",
        summary: "events/s folded by one core under a five-field mapping with one matcher"
    ) { options in
        let eventCount = options.scaled(400_000)
        let people = eventCount / 10
        var evaluated: [Double] = []
        var projected: [Double] = []
        var computed: [Double] = []
        let events = foldEvents(count: eventCount, people: people)
        let actions = try foldActions()
        for run in 0...min(options.runCount, 5) {
            let evaluation = try evaluationRate(actions[0], events)
            let projection = try await projectionRate(actions, events, options.folder)
            // The first run warms up.
            if run > 0 {
                evaluated.append(evaluation)
                projected.append(projection.perSecond)
                computed.append(projection.perCoreSecond)
            }
        }
        let table = Table(["step", "events/s", "target", "ratio"])
        for (step, samples) in [
            ("trigger and mapping alone", Samples(evaluated)),
            ("projection: log to state, durable", Samples(projected)),
            ("the same, a second of processor time", Samples(computed)),
        ] {
            table.add([
                step,
                "\(Table.short(samples.median)) "
                    + "(\(Table.short(samples.lowest))–\(Table.short(samples.highest)))",
                "100k", String(format: "%.2f", samples.median / 100_000),
            ])
        }
    }
}

/// One upsert of Contact by Email with five fields, as a user would write it.
private func foldActions() throws -> [Action] {
    let yaml = """
        ingest:
          listen: 127.0.0.1:8080
          sources: [{ name: website, writeKey: benchmark }]
        salesforce:
          name: benchmark
          loginUrl: http://127.0.0.1:1
          auth: { flow: client-credentials, clientId: "env:ID", clientSecret: "env:SECRET" }
        actions:
          - name: Profiles
            object: Contact
            trigger: type = "identify"
            operation: upsert
            matchers: { Email: $.traits.email }
            fields:
              FirstName: $.traits.first_name
              LastName: $.traits.last_name
              Plan__c: $.traits.plan
              Score__c: $.traits.score
              Signup_Date__c: $.traits.signup_date
        """
    return try Configuration.parse(
        yaml: yaml, file: "/benchmark/tidemark.yaml", environment: ["ID": "id", "SECRET": "secret"]
    ).actions
}

private func foldDescription() -> ObjectDescription {
    ObjectDescription(
        name: "Contact", keyPrefix: "003", isCreateable: true, isUpdateable: true,
        isDeletable: true, isQueryable: true,
        fields: [
            FieldDescription(name: "Id", type: .id, length: 18),
            FieldDescription(name: "Email", type: .email, length: 80),
            FieldDescription(name: "FirstName", type: .string, length: 40),
            FieldDescription(name: "LastName", type: .string, length: 80, isNillable: false),
            FieldDescription(name: "Plan__c", type: .string, length: 40),
            FieldDescription(name: "Score__c", type: .double, precision: 18, scale: 2),
            FieldDescription(name: "Signup_Date__c", type: .date),
        ])
}

private func foldEvents(count: Int, people: Int) -> [Event] {
    let generator = ProfileGenerator(seed: 1, people: people)
    return (0..<count).map { index in
        Event(
            source: "website", messageID: "m\(index)",
            receivedAt: 1_750_000_000_000 + Int64(index), bytes: generator.event(index))
    }
}

private func evaluationRate(_ action: Action, _ events: [Event]) throws -> Double {
    var applied = 0
    let time = ContinuousClock().measure {
        for event in events {
            if case .applies = action.evaluate(event) { applied += 1 }
        }
    }
    guard applied > 0 else { throw Mistake(description: "no event was mapped") }
    return Double(events.count) / (time / .seconds(1))
}

private func projectionRate(
    _ actions: [Action], _ events: [Event], _ parent: String
) async throws -> (perSecond: Double, perCoreSecond: Double) {
    let folder = parent + "/benchmark-\(UUID().uuidString)"
    defer {
        // What stays behind is only space.
        try? FileManager.default.removeItem(atPath: folder)
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let log = try LogWriter(folder: folder + "/log", now: { 0 })
    defer { log.close() }
    let configuration = ConfigurationEntry(
        actions: actions, descriptions: [foldDescription()], organization: nil)
    _ = try await log.append(kind: .configuration, body: configuration.encoded())
    for start in stride(from: 0, to: events.count, by: 1_000) {
        _ = try await log.append(Array(events[start..<min(start + 1_000, events.count)]))
    }
    let projector = try Projector(folder: folder + "/state", log: log.reader())
    defer { projector.close() }
    let computing = processorSeconds()
    let time = try await seconds { try projector.catchUp() }
    // Nothing else runs in this process meanwhile.
    let computed = processorSeconds() - computing
    guard try projector.state.checkpoint() == UInt64(events.count + 1) else {
        throw Mistake(description: "not every event was folded")
    }
    return (Double(events.count) / time, Double(events.count) / computed)
}

/// What this process has used of all cores, the kernel's work for it included.
private func processorSeconds() -> Double {
    var time = timespec()
    // Cannot fail for the process itself.
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

import Actions
import EventLog
import LMDB
import Logging
import Projection
import Reconciliation
import Records
import Salesforce

/// Carries dirty keys to settled: project, observe, plan, record the intent, send, record the
/// outcome.
///
/// The protocol, per key: nothing is written to Salesforce whose intent is not durable in the log;
/// what has no definite answer is in doubt, and a create in doubt is not sent again before its
/// fence. State between steps lives in the log alone; what this actor holds besides (back-off,
/// fences, health) is rebuilt, or waited out anew, after a restart.
///
/// One engine per data folder: the log's writer lock sees to that.
package actor DeliveryEngine {
    let log: LogWriter
    let reader: LogReader
    let projector: Projector
    let client: SalesforceClient
    let settings: DeliverySettings
    let environment: DeliveryEnvironment
    let logger: Logger
    private let projectionThread: WriterThread

    // All protected by the actor.
    var health: Health
    var fences: Fences
    var schedule = RetrySchedule()
    var stopped = StoppedObjects()
    var watch: ParentWatch
    var concurrency: CallConcurrency
    /// Whether `/limits` was asked because no other answer told the allocation.
    var hasAskedForAllocation = false
    /// When descriptions are asked for again though nothing speaks against them.
    var nextLookAtDescriptions: Duration
    var report = DeliveryReport()
    /// Answers that came and could not be recorded, because the log was full or overloaded: the
    /// next step records them before it does anything else.
    var unrecorded: [OutcomeEntry] = []
    /// Jobs under way, by name. What the log says of them is enough to go on after a restart.
    var jobs: [String: ActiveJob] = [:]
    /// Jobs that this process has named.
    var jobCount = 0
    /// Objects whose backlog is nothing for jobs, and until when that is taken for granted.
    var callsOnlyUntil: [String: Duration] = [:]
    /// Not before this go keys of a backlog by calls beside a job of their object.
    var nextBesideJobs: Duration = .zero
    /// The results of the job that is being read.
    var collecting: JobResults?
    /// Why they could not be recorded.
    var jobFailure: DeliveryError?
    var configuration: ConfigurationEntry?
    /// A step suspends while it talks to Salesforce; a second one beginning meanwhile would plan,
    /// and create, the same records again.
    private var isStepping = false
    private var waitingSteps: [CheckedContinuation<Void, Never>] = []
    var configurationHash = ""
    /// See ``Planner/reconciling``.
    var reconciling: Reconciling?

    /// - Parameter projector: the only one of this data folder; the engine steps it.
    package init(
        log: LogWriter, projector: Projector, client: SalesforceClient, settings: DeliverySettings,
        environment: DeliveryEnvironment, logger: Logger
    ) {
        self.log = log
        reader = log.reader()
        self.projector = projector
        self.client = client
        self.settings = settings
        self.environment = environment
        self.logger = logger
        projectionThread = WriterThread(name: "projection")
        health = Health()
        watch = ParentWatch(interval: settings.limits.parentLookInterval)
        concurrency = CallConcurrency(ceiling: settings.limits.concurrentCallCountMax)
        nextLookAtDescriptions = environment.monotonicClock() + settings.limits.descriptionAgeMax
        fences = Fences(
            length: settings.fence, startedAt: environment.monotonicClock(),
            boot: environment.boot)
    }

    // MARK: Stepping

    /// Takes over from the process before: every intent without an outcome is in doubt from now on,
    /// and its fence begins now. Fences that began earlier in this boot go on. Call once, before
    /// the first step.
    package func start() async throws(DeliveryError) {
        try await project()
        if let pause = try CurrentPause.read(log: reader, state: projector.state) {
            health = Health(pause: Health.Pause(reason: pause.reason, since: pause.since))
        }
        let stops = try projecting { () throws(ProjectionError) in
            try projector.state.stoppedObjects()
        }
        stopped = StoppedObjects(stops, now: environment.monotonicClock())
        try await doubtOrphans()
        try await noteAllSent()
    }

    /// Lets the next step call Salesforce at once, whatever back-off or probe is waited for: a
    /// person asked.
    package func hurry() { health.hurry() }

    /// One round: everything that can be done now for at most one round's worth of keys. Steps
    /// never overlap: a second caller waits.
    package func step() async throws(DeliveryError) -> StepResult {
        await beginStep()
        defer { endStep() }
        return try await round()
    }

    /// Puts other actions in force while the engine works: between two steps. See
    /// ``configure(_:isContradicted:)``.
    package func reconfigure(_ actions: [Action]) async throws(DeliveryError) {
        await beginStep()
        defer { endStep() }
        try await configure(actions)
    }

    private func beginStep() async {
        guard isStepping else {
            isStepping = true
            return
        }
        await withCheckedContinuation { waitingSteps.append($0) }
    }

    /// Hands the turn to the caller that has waited longest.
    private func endStep() {
        if waitingSteps.isEmpty { isStepping = false } else { waitingSteps.removeFirst().resume() }
    }

    private func round() async throws(DeliveryError) -> StepResult {
        try await recordLeftovers()
        try await project()
        guard try await isDescribed() else {
            return try result(didWork: false, isDescribed: false)
        }
        try await doubtOrphans()
        try await tellRefusals()
        let now = environment.monotonicClock()
        let hadFences = try await passFences(now: now)
        guard health.wait(now: now) == .zero else { return try result(didWork: hadFences) }
        if try await isBudgetSpent(now: now) { return try result(didWork: hadFences) }
        let hadJobs = try await tendJobs(now: now)
        if try await lookAtDescriptions(now: now) { return try result(didWork: true) }
        let hadParents = try await lookForParents(now: now)
        let hadWork = hadFences || hadJobs || hadParents
        if let didWork = try await workOffBacklog(now: now) {
            return try result(didWork: didWork || hadWork)
        }
        let records = try readyRecords(now: now)
        guard !records.isEmpty else {
            // With dirty keys their own calls tell; without, nothing else would end the pause.
            if health.pause != nil, try isNothingDirty() { try await probe() }
            return try result(didWork: hadWork)
        }
        try pace(records, now: now)
        let didWork = try await run(records)
        try await project()
        return try result(didWork: didWork || hadWork)
    }

    /// Folds everything that is in the log. On a thread of its own: a long fold must not hold up
    /// the threads that answer requests.
    package func project() async throws(DeliveryError) {
        let projector = self.projector
        let outcome = await projectionThread.run { () -> ProjectionError? in
            do throws(ProjectionError) {
                try projector.catchUp()
                return nil
            } catch {
                return error
            }
        }
        if let outcome { throw .projection(outcome) }
    }

    private func isNothingDirty() throws(DeliveryError) -> Bool {
        try projecting { () throws(ProjectionError) in
            try projector.state.dirtyIDs(countMax: 1).isEmpty
        }
    }

    private func result(
        didWork: Bool, isDescribed: Bool = true
    ) throws(DeliveryError) -> StepResult {
        let now = environment.monotonicClock()
        let (counts, open) = try projecting { () throws(ProjectionError) in
            (try projector.state.counts(), try projector.state.openOperations())
        }
        let dirtyCount = counts["dirty"] ?? 0
        var waits: [Duration?] = []
        // A wait that is over and brought no work is no wait: naming it would make the caller spin.
        if dirtyCount > 0 || !isDescribed || health.pause != nil {
            waits.append(health.remaining(now: now))
        }
        if isDescribed {
            waits.append(fences.wait(open, now: now))
            if (counts["parked/\(ParkReason.waitingForParent.rawValue)"] ?? 0) > 0 {
                waits.append(watch.wait(now: now))
            }
            waits.append(jobWait(now: now))
            if dirtyCount > 0 { waits += [schedule.wait(now: now), stopped.wait(now: now)] }
            // Another description may free what is parked.
            if counts.contains(where: { $0.key.hasPrefix("parked/") && $0.value > 0 }) {
                waits.append(max(.zero, nextLookAtDescriptions - now))
            }
        }
        return StepResult(
            didWork: didWork, wait: waits.compactMap(\.self).min(), pause: health.pause,
            dirtyCount: dirtyCount, inDoubtCount: counts["in-doubt"] ?? 0,
            isDescribed: isDescribed, jobCount: jobs.count)
    }

    /// What has been done so far, with the calls that it took.
    package func currentReport() -> DeliveryReport {
        var report = self.report
        report.apiCalls = client.usage.calls
        return report
    }

    package var currentPause: Health.Pause? { health.pause }

    /// The state that the engine works on, for reading.
    package nonisolated var state: StateStore { projector.state }

    /// Ends the projection's thread. Call when no step is under way.
    package func stop() { projectionThread.stop() }
}

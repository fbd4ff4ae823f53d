import Synchronization

/// A Salesforce org in memory: what API clients reach over HTTP, tests reach through this.
///
/// Every method is synchronous and safe from any thread; each runs alone, under one lock.
package final class Org: Sendable {
    private let state: Mutex<OrgState>
    /// Calls accepted but held by a `late` fault without a time, in order of arrival.
    private let heldCalls = Mutex<[AcceptedCall]>([])
    /// Bulk API jobs for the server to process.
    let bulkTasks: AsyncStream<BulkTask>
    private let bulkInput: AsyncStream<BulkTask>.Continuation

    /// An empty org with two users; it serves nothing until a server runs.
    package init(_ options: EmulatorOptions) {
        state = Mutex(OrgState(options))
        (bulkTasks, bulkInput) = AsyncStream.makeStream(of: BulkTask.self)
    }

    func withState<R: Sendable, E: Error>(
        _ body: (inout OrgState) throws(E) -> R
    ) throws(E) -> R {
        let result: Result<R, E> = state.withLock { state in
            do throws(E) { return .success(try body(&state)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    // MARK: Calls

    /// A call that arrived: counted, and met by at most one fault.
    struct AcceptedCall: Sendable {
        let call: RoutedCall
        let number: Int
        let effect: FaultEffect?
    }

    /// Counts a call in and out; false when too many are in progress.
    func enter() -> Bool { withState { $0.concurrency.enter() } }
    func leave() { withState { $0.concurrency.leave() } }

    /// Counts a call that is refused because too many are in progress.
    func refuse(_ request: APIRequest) -> APIResponse {
        withState { state in
            state.statistics.calls[RoutedCall(request).kind, default: 0] += 1
            return APIResponse(FaultAnswers.concurrencyLimit)
                .adding("Sforce-Limit-Info", state.allowance.header)
        }
    }

    func accept(_ request: APIRequest) -> AcceptedCall {
        let call = RoutedCall(request)
        return withState { state in
            state.statistics.calls[call.kind, default: 0] += 1
            let effect = state.faults.effect(on: call.kind)
            if effect != nil { state.statistics.faultsFired += 1 }
            return AcceptedCall(
                call: call, number: state.statistics.callCount, effect: effect)
        }
    }

    /// Executes an accepted call; what its fault does to single items is applied.
    func execute(
        _ accepted: AcceptedCall, isAnswered: Bool = true, isAdmitted: Bool = false
    ) -> APIResponse {
        let (answer, tasks) = withState { state in
            let answer = state.execute(
                accepted.call,
                Execution(
                    number: accepted.number, isAnswered: isAnswered,
                    itemFaults: FaultAnswers.itemFaults(accepted.effect),
                    isAdmitted: isAdmitted))
            return (answer, state.bulk.takeDue())
        }
        for task in tasks { bulkInput.yield(task) }
        return answer
    }

    // MARK: Bulk jobs

    /// Makes jobs wait, once closed, before they are processed.
    package func setBulkDelay(milliseconds: Int) {
        withState { $0.bulk.delayMilliseconds = milliseconds }
    }

    /// Stops jobs before they execute row `row` (0: before they begin) until they are released.
    package func holdBulkJobs(beforeRow row: Int = 0) {
        withState { $0.bulk.holdBeforeRow = row }
    }

    /// Lets held jobs go on, and later ones run freely.
    package func releaseBulkJobs() {
        let tasks = withState { state in
            state.bulk.release()
            return state.bulk.takeDue()
        }
        for task in tasks { bulkInput.yield(task) }
    }

    func hold(_ accepted: AcceptedCall) {
        heldCalls.withLock { $0.append(accepted) }
    }

    /// Executes now the calls that `late` faults without a time hold back, in order of arrival.
    /// Returns how many there were.
    @discardableResult
    package func releaseLateCalls() -> Int {
        let calls = heldCalls.withLock { held in
            defer { held = [] }
            return held
        }
        for call in calls { _ = execute(call, isAnswered: false, isAdmitted: true) }
        return calls.count
    }

    // MARK: Faults and switches

    /// Puts a fault in force after those already there.
    package func inject(_ fault: Fault) { withState { $0.faults.add(fault) } }
    /// Lifts all faults, spent or not.
    package func clearFaults() { withState { $0.faults.clear() } }

    /// Makes every access token invalid: the next call of each client answers 401.
    package func expireSessions() { withState { $0.sessions.expireAll() } }

    /// Loses all open result sets: their next page answers `INVALID_QUERY_LOCATOR`.
    package func expireCursors() { withState { $0.cursors.closeAll() } }

    /// Sets the calls a day, or how many of them are used; nil leaves a number as it is.
    package func setLimits(max: Int? = nil, used: Int? = nil) {
        withState { state in
            if let max { state.allowance.max = max }
            if let used { state.allowance.used = used }
        }
    }

    /// Sets how many calls may be in progress at once; nil lifts the limit.
    package func setConcurrentCallMax(_ max: Int?) { withState { $0.concurrency.max = max } }

    /// Empties the org: records, truth, statistics, faults and held calls; sessions, schema and
    /// rules stay.
    package func reset() {
        heldCalls.withLock { $0 = [] }
        withState { $0.reset() }
    }

    /// Hides a record from the API user by sharing, or shows it again.
    package func setHidden(_ isHidden: Bool, record id: String) {
        withState { state in
            if isHidden {
                state.visibility.hiddenRecords.insert(id)
            } else {
                state.visibility.hiddenRecords.remove(id)
            }
        }
    }

    /// Activates a duplicate rule.
    package func add(_ rule: DuplicateRule) { withState { $0.duplicateRules.append(rule) } }
    /// Deactivates all duplicate rules.
    package func removeDuplicateRules() { withState { $0.duplicateRules = [] } }

    /// Sets the owner that an active assignment rule gives to records of `object`; nil for none.
    package func setAssignmentOwner(_ userID: String?, of object: String) {
        withState { $0.assignmentOwners[object] = userID }
    }

    // MARK: Reading

    /// Counts since the last reset.
    package var statistics: Statistics { withState { $0.statistics } }
    /// Writes that API calls executed, in order.
    package var truth: [ExecutedWrite] {
        withState { $0.truth.writes.filter { $0.author == .api } }
    }
    /// Writes of people and seeds, in order.
    package var edits: [ExecutedWrite] {
        withState { $0.truth.writes.filter { $0.author == .person } }
    }
    /// The user that the API calls run as, 18 characters.
    package var userID: String { withState { $0.userID } }
    /// The org, 18 characters.
    package var organizationID: String { withState { $0.organizationID } }
    /// Where the org is served; empty until a server runs.
    package var baseURL: String { withState { $0.baseURL } }
    /// API calls used of the daily limit.
    package var usedCalls: Int { withState { $0.allowance.used } }
}

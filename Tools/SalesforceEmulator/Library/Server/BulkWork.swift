/// Jobs whose turn has come: closed ones, and ones that were held and are released.
enum BulkTask: Sendable {
    case start(String)
    /// A job admitted but held before its first row.
    case begin(String, FaultEffect?)
    case resume(IngestRun)

    var jobID: String {
        switch self {
        case .start(let id), .begin(let id, _): id
        case .resume(let run): run.jobID
        }
    }

    /// The first row not yet executed.
    var nextRow: Int { if case .resume(let run) = self { run.next } else { 0 } }
}

/// Processes jobs beside the calls, each in a task of its own; the org's lock is held for one
/// chunk of rows at a time.
struct BulkWork: Sendable {
    let org: Org

    /// Takes up jobs until cancelled; jobs that are not finished then stay as they are.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await task in org.bulkTasks { group.addTask { await execute(task) } }
        }
    }

    private func execute(_ task: BulkTask) async {
        switch task {
        case .start(let id):
            guard let (delay, effect) = org.withState({ $0.admitJob(id) }) else { return }
            if delay > 0 {
                do { try await Task.sleep(for: .milliseconds(delay)) } catch {
                    // Cancelled: the server stops.
                    return
                }
            }
            await begin(id, effect)
        case .begin(let id, let effect): await begin(id, effect)
        case .resume(let run): await finish(run)
        }
    }

    private func begin(_ id: String, _ effect: FaultEffect?) async {
        guard !org.withState({ $0.bulk.hold(.begin(id, effect)) }) else { return }
        switch org.withState({ $0.begin(id, effect) }) {
        case nil: return
        case .query(let statement, let operation):
            org.withState { $0.runQuery(id, statement, operation) }
        case .ingest(let start):
            do throws(JobFailure) {
                await finish(try IngestRun(start))
            } catch { org.withState { $0.fail(id, error) } }
        }
    }

    private func finish(_ run: IngestRun) async {
        var run = run
        while true {
            // Cancelled: the server stops, and the job stays unfinished.
            if Task.isCancelled { return }
            if !run.isDone, org.withState({ $0.bulk.hold(.resume(run)) }) { return }
            guard org.withState({ $0.advance(&run) }) else { break }
            await Task.yield()
        }
        org.withState { $0.end(run) }
    }
}

import Projection
import Salesforce

/// Results of a job on their way into the log: found by their rows' keys, gathered by intent.
struct JobResults {
    private let part: JobPart
    private let index: RowIndex
    private let state: BulkJobState?
    private var byIntent: [UInt64: [OperationResult]] = [:]
    /// Results held.
    private(set) var count = 0
    /// Why all of the org must wait, if a row said so.
    private(set) var pause: String?

    init(part: JobPart, index: RowIndex, state: BulkJobState?) {
        self.part = part
        self.index = index
        self.state = state
    }

    /// Takes results. A row that no intent knows is nobody's, and dropped: it can only be one that
    /// somebody else put into the job.
    mutating func add(_ results: [BulkResult], policy: RetryPolicy) {
        for result in results {
            guard let place = index.place(of: result.key) else { continue }
            byIntent[place.intent, default: []].append(operationResult(result, place, policy))
            count += 1
        }
    }

    private mutating func operationResult(
        _ result: BulkResult, _ place: RowIndex.Place, _ policy: RetryPolicy
    ) -> OperationResult {
        switch result.outcome {
        case .unprocessed:
            // A job that failed as a whole would fail again: then the keys go by calls.
            return OperationResult(
                index: place.index, status: .again, code: "UNPROCESSED",
                message: "the job ended before it came to this row",
                isWholeRequest: state == .failed ? nil : true)
        case .answered(let answer):
            let row = OutcomeClassification.row(
                answer, index: place.index, kind: part.operation.kind, policy: policy)
            pause = pause ?? row.pause
            return row.result
        }
    }

    /// The entries for what was gathered, oldest intent first.
    mutating func takeEntries() -> [(OperationKind, OutcomeEntry)] {
        defer {
            byIntent = [:]
            count = 0
        }
        return byIntent.sorted { $0.key < $1.key }.map { intent, results in
            (
                part.operation.kind,
                OutcomeEntry(intent: intent, results: results.sorted { $0.index < $1.index })
            )
        }
    }
}

extension JobOperation {
    var kind: OperationKind {
        switch self {
        case .update: .update
        case .upsert: .create
        case .delete: .delete
        }
    }
}

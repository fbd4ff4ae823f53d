import Audit
import Delivery
import Projection

/// What `sync` and `apply` print.
struct PassDocument: Codable {
    let created: Int
    let updated: Int
    let deleted: Int
    let unchanged: Int
    /// Parked keys by reason: all there are, not only those of this pass.
    let parked: [String: Int]
    /// Keys behind their fence.
    let inDoubt: Int
    /// Operations that were refused, and keys that were blocked, in this pass.
    let failed: Int
    let apiCalls: Int
    let position: UInt64
    /// Keys that still need work: only when the pass was paused, something is stopped, or keys
    /// wait.
    let dirty: Int
    /// Those of them that are to come again later than a pass waits for.
    let waiting: Int
    /// The first of these, by their time.
    let firstWaiting: [Waiting]
    /// Events wait because Salesforce has not described an object that they are about.
    let undescribed: Bool
    @NullWhenAbsent var paused: PauseDocument?

    /// A key that waits.
    struct Waiting: Codable {
        let object: String
        let key: [String: String]
        let until: String
    }

    /// Keys named in ``firstWaiting``: a glance, not a list.
    private static let firstWaitingCountMax = 10

    /// - Parameter report: what the pass itself has done.
    init(
        _ result: SyncPass.Result, report: DeliveryReport, counts: [String: Int], position: UInt64
    ) {
        let last = result.last
        created = report.created
        updated = report.updated
        deleted = report.deleted
        unchanged = report.unchanged
        parked = StatusCounts(counts).parked
        inDoubt = last.inDoubtCount
        failed = report.failed
        apiCalls = report.apiCalls
        self.position = position
        dirty = last.dirtyCount
        waiting = result.waiting.count
        firstWaiting = result.waiting.prefix(Self.firstWaitingCountMax).map {
            Waiting(object: $0.key.object, key: $0.key.fields, until: Times.text($0.until))
        }
        undescribed = !last.isDescribed
        _paused = NullWhenAbsent(
            wrappedValue: last.pause.map {
                PauseDocument(reason: $0.reason, since: Times.text($0.since))
            })
    }

    /// Nothing is left to do but parked keys.
    var isComplete: Bool { paused == nil && inDoubt == 0 && dirty == 0 && !undescribed }

    func text(_ style: Style) -> String {
        var parts = [
            "created \(created)", "updated \(updated)", "deleted \(deleted)",
            "unchanged \(unchanged)",
        ]
        let parkedCount = parked.values.reduce(0, +)
        if parkedCount > 0 {
            let reasons = parked.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            parts.append(style.yellow("parked \(parkedCount) (\(reasons.joined(separator: ", ")))"))
        }
        if inDoubt > 0 { parts.append(style.yellow("in doubt \(inDoubt)")) }
        if dirty > 0 { parts.append(style.yellow("still dirty \(dirty)")) }
        var text = parts.joined(separator: ", ") + "; \(apiCalls.of("API call"))"
        if let paused {
            text += "\n" + style.red("paused since \(paused.since): \(paused.reason)")
        }
        if inDoubt > 0 {
            text +=
                "\nin doubt: sent without a definite answer; looked at again after the fence, "
                + "by the next sync or by serve"
        }
        if waiting > 0 { text += "\n" + waitingText }
        return text
    }

    /// Which keys wait until when.
    private var waitingText: String {
        let keys = firstWaiting.map { "\($0.object) \(PlanText.key($0.key)) until \($0.until)" }
        let more = waiting - firstWaiting.count
        return "to come again later: " + keys.joined(separator: ", ")
            + (more > 0 ? ", and \(more) more" : "")
            + "; by serve at that time, by the next sync at once"
    }
}

/// Why nothing is sent, and since when.
struct PauseDocument: Codable {
    let reason: String
    let since: String
}

/// Counts of keys by status, as the outputs show them.
struct StatusCounts {
    let settled: Int
    /// Waiting for work, or for the answer of an operation under way.
    let dirty: Int
    let inDoubt: Int
    let parked: [String: Int]

    private static let parkedPrefix = "parked/"

    init(_ counts: [String: Int]) {
        settled = counts["settled"] ?? 0
        dirty = (counts["dirty"] ?? 0) + (counts["in-flight"] ?? 0)
        inDoubt = counts["in-doubt"] ?? 0
        var parked: [String: Int] = [:]
        for (name, count) in counts where name.hasPrefix(Self.parkedPrefix) {
            parked[String(name.dropFirst(Self.parkedPrefix.count))] = count
        }
        self.parked = parked
    }
}

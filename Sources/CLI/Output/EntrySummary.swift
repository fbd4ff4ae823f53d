import EventLog
import Projection

/// One line about an entry that is no event: what was decided, sent or answered, without values.
struct EntrySummary {
    let text: String

    init(_ entry: Entry) throws {
        let position = entry.position.number
        switch entry.kind {
        case .event: text = ""
        case .configuration:
            text = Self.text(try ConfigurationEntry.decode(entry.body, at: position))
        case .intent:
            text = Self.text(try LogJSON.decode(IntentEntry.self, from: entry.body, at: position))
        case .outcome:
            text = Self.text(try LogJSON.decode(OutcomeEntry.self, from: entry.body, at: position))
        case .decision:
            text = Self.text(try LogJSON.decode(DecisionEntry.self, from: entry.body, at: position))
        }
    }

    private static func text(_ entry: ConfigurationEntry) -> String {
        let described = entry.descriptions.map(\.name).joined(separator: ", ")
        return entry.actions.count.of("action")
            + (described.isEmpty ? "; nothing is described yet" : "; describes \(described)")
    }

    private static func text(_ intent: IntentEntry) -> String {
        let names = intent.operations.map {
            "\($0.kind.rawValue) \($0.keys.first?.key.object ?? "")"
        }
        return counts(names).joined(separator: ", ")
    }

    private static func text(_ outcome: OutcomeEntry) -> String {
        var parts: [String] = []
        if let intent = outcome.intent {
            let results = counts(outcome.results.map(\.status.rawValue)).joined(separator: ", ")
            parts.append("of intent \(intent): \(results)")
        }
        if !outcome.settled.isEmpty { parts.append("\(outcome.settled.count) agree") }
        parts += counts(outcome.blocked.map { "blocked as \($0.reason.rawValue)" })
        if !outcome.resolved.isEmpty {
            parts.append("\(outcome.resolved.count) no longer in doubt, looked at again")
        }
        if outcome.intent == nil, outcome.allSentBy != nil {
            parts.append("what is in doubt had left by now: its fence is counted from here")
        }
        if let job = outcome.job {
            let name = "job \(job.name)" + (job.id.map { " (\($0))" } ?? "")
            parts.append(job.isOver ? "\(name) is over" : "\(name) was created")
        }
        if let pause = outcome.pause { parts.append("delivery is paused: \(pause.reason)") }
        if outcome.isResumed == true { parts.append("delivery goes on") }
        return parts.joined(separator: "; ")
    }

    private static func text(_ decision: DecisionEntry) -> String {
        switch decision {
        case .retry(let keys): "retry of \(keys.count.of("key"))"
        case .replay(let range):
            "replay of \(range.from) to \(range.through)"
                + (range.object.map { ", \($0) only" } ?? "")
        }
    }

    /// `2 create Contact`, in the order of the names.
    private static func counts(_ names: [String]) -> [String] {
        Dictionary(grouping: names) { $0 }.sorted { $0.key < $1.key }
            .map { "\($0.value.count) \($0.key)" }
    }
}

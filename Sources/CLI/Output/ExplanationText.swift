import Audit

/// An explanation for people.
struct ExplanationText {
    private let explanation: Explanation
    private let wasAsked: Bool
    private let style: Style

    private static let historyCountMax = 20

    init(_ explanation: Explanation, wasAsked: Bool, _ style: Style) {
        self.explanation = explanation
        self.wasAsked = wasAsked
        self.style = style
    }

    var text: String { [head, fields, history].filter { !$0.isEmpty }.joined(separator: "\n\n") }

    private var head: String {
        var text = style.bold("\(explanation.object) \(PlanText.key(explanation.key))")
        if let id = explanation.recordId { text += "  \(id)" }
        for alias in explanation.aliases { text += "\n  also \(PlanText.key(alias))" }
        text += "\nthe record \(presence); the key is \(explanation.state)"
        if let reason = explanation.reason { text += "\n" + style.yellow(reason) }
        for key in explanation.keys.dropFirst() where isOther(key) {
            text += "\n\(PlanText.key(key.key)) is \(key.state)"
            if let reason = key.reason { text += "\n" + style.yellow(reason) }
        }
        return text
    }

    /// Whether the other key stands otherwise than the one that was asked for.
    private func isOther(_ key: Explanation.Key) -> Bool {
        key.state != explanation.state || key.reason != explanation.reason
    }

    private var presence: String {
        switch explanation.presence {
        case "absent": "must not exist"
        case "if-exists": "is updated if it exists"
        default: "must exist"
        }
    }

    private var fields: String {
        guard !explanation.fields.isEmpty else { return "" }
        var table = TextTable(["field", "desired", "Salesforce", "from", "action", "last sent"])
        for field in explanation.fields {
            table.add([
                field.field, field.desired?.text ?? field.problem ?? "",
                held(field),
                "event \(field.event.position), \(field.event.eventTime)", field.action,
                field.lastSent.map { "\($0.operation) \($0.at)" } ?? "never",
            ])
        }
        return table.text
    }

    private func held(_ field: Explanation.Field) -> String {
        let observed = wasAsked ? field.observed?.text ?? "" : "not asked"
        return field.rewritten.map { "\(observed) (rewritten to \($0.text))" } ?? observed
    }

    private var history: String {
        var table = TextTable()
        for happening in explanation.history.suffix(Self.historyCountMax) {
            table.add(["\(happening.position)", happening.at, happening.kind, happening.summary])
        }
        let hidden = explanation.history.count - Self.historyCountMax
        return (hidden > 0 ? style.dim("… \(hidden) earlier\n") : "") + table.text
    }
}

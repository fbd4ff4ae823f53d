/// Values that Salesforce computes from others in the same save.
enum Derivation {
    static func derive(
        _ record: inout StoredRecord, _ object: ObjectSchema, written: Set<String>, _ second: Int64
    ) {
        for field in object.roles.repeating {
            guard let source = field.formulaSource else { continue }
            record.values[field.name] = record.values[source]
        }
        switch object.name {
        case "Contact", "Lead": name(&record)
        case "Opportunity": stage(&record, written)
        case "Case": closing(&record, second)
        default: break
        }
    }

    /// `Name` is first and last name; it is read-only (Salesforce Help 000386207).
    private static func name(_ record: inout StoredRecord) {
        let parts = [record.text("FirstName"), record.text("LastName")].compactMap { $0 }
        record.values["Name"] = .text(parts.joined(separator: " "))
    }

    /// The stage sets probability, forecast category and the closed and won marks; a probability
    /// written in the same call wins (Object Reference, Opportunity). Probabilities are those of
    /// a new org's stages.
    private static func stage(_ record: inout StoredRecord, _ written: Set<String>) {
        guard let stage = record.text("StageName") else { return }
        if written.contains("StageName") {
            let (probability, category, name) = stages[stage] ?? (0, "Pipeline", "Pipeline")
            if !written.contains("Probability") {
                record.values["Probability"] = .number(probability)
            }
            record.values["ForecastCategory"] = .text(category)
            if !written.contains("ForecastCategoryName") {
                record.values["ForecastCategoryName"] = .text(name)
            }
            record.values["IsClosed"] = .bool(stage.hasPrefix("Closed "))
            record.values["IsWon"] = .bool(stage == "Closed Won")
        }
        if case .number(let amount) = record.values["Amount"],
            case .number(let probability) = record.values["Probability"]
        {
            record.values["ExpectedRevenue"] = .number(amount * probability / 100)
        } else {
            record.values["ExpectedRevenue"] = nil
        }
    }

    private static let stages: [String: (Double, String, String)] = [
        "Prospecting": (10, "Pipeline", "Pipeline"),
        "Qualification": (10, "Pipeline", "Pipeline"),
        "Needs Analysis": (20, "Pipeline", "Pipeline"),
        "Value Proposition": (50, "Pipeline", "Pipeline"),
        "Id. Decision Makers": (60, "Pipeline", "Pipeline"),
        "Perception Analysis": (70, "Pipeline", "Pipeline"),
        "Proposal/Price Quote": (75, "Pipeline", "Pipeline"),
        "Negotiation/Review": (90, "Pipeline", "Pipeline"),
        "Closed Won": (100, "Closed", "Closed"), "Closed Lost": (0, "Omitted", "Omitted"),
    ]

    private static func closing(_ record: inout StoredRecord, _ second: Int64) {
        let isClosed = record.text("Status") == "Closed"
        record.values["IsClosed"] = .bool(isClosed)
        if !isClosed {
            record.values["ClosedDate"] = nil
        } else if record.values["ClosedDate"] == nil {
            record.values["ClosedDate"] = .dateTime(second)
        }
    }
}

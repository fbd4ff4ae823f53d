/// What saving a record in the browser does to fields that the person did not touch.
enum BrowserSaving {
    /// The value that the page sends back for `value`.
    static func saved(_ value: StoredValue, in field: FieldSchema) -> StoredValue {
        switch value {
        case .number(let number) where field.precision > 0: .number(rounded(number, field.scale))
        case .text(let text):
            switch field.type {
            case .phone: .text(phone(text))
            case .textarea where field.isRichText: .text(paragraph(text))
            case .textarea: .text(lines(text))
            default: value
            }
        default: value
        }
    }

    /// Ten digits, or eleven with a leading 1, take the American form for users of the locales
    /// en_US and en_CA; a leading `+` stops it (Salesforce Help 000385963).
    private static func phone(_ text: String) -> String {
        let digits = Array(text.filter(\.isWholeNumber))
        let isPlain = text.allSatisfy { $0.isWholeNumber || " ()-.".contains($0) }
        guard isPlain else { return text }
        let national =
            digits.count == 11 && digits.first == "1" ? Array(digits.dropFirst()) : digits
        guard national.count == 10 else { return text }
        return "(\(String(national[0..<3]))) \(String(national[3..<6]))-\(String(national[6...]))"
    }

    /// Browsers send `\r\n` (HTML Living Standard, form submission).
    private static func lines(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\r" || (scalar == "\n" && previous != "\r") {
                result.append("\r")
                result.append("\n")
            } else if scalar != "\n" {
                result.append(scalar)
            }
            previous = scalar
        }
        return String(result)
    }

    /// The editor puts text into a paragraph.
    private static func paragraph(_ text: String) -> String {
        text.contains("<p") || text.contains("</p") ? text : "<p>\(text)</p>"
    }

    /// The page shows, and sends back, as many decimals as the field has (Salesforce Help
    /// 000387302).
    private static func rounded(_ number: Double, _ scale: Int) -> Double {
        let factor = (0..<scale).reduce(1.0) { power, _ in power * 10 }
        let scaled = number * factor
        // Beyond 2^53 there are no decimals left to round.
        return scaled.magnitude < 9e15 ? scaled.rounded(.toNearestOrAwayFromZero) / factor : number
    }
}

extension Org {
    /// A person opens the record in the browser and saves it without a change.
    package func saveInBrowser(_ object: String, id: String) throws(EmulatorError) {
        try asPerson(object, 0) { (state, schema, context) throws(Refusal) in
            guard let record = state.store.record(schema.name, id: id) else { throw .notFound }
            var writes: [FieldWrite] = []
            for field in schema.fields where field.isUpdateable {
                guard let value = record.values[field.name] else { continue }
                let saved = BrowserSaving.saved(value, in: field)
                if saved != value { writes.append(FieldWrite(field: field, value: .stored(saved))) }
            }
            try state.update(schema, id: id, writes, context)
        }
    }
}

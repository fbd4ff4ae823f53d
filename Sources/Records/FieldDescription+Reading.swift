/// What a value means to a field of each kind, or `nil` when it means nothing to it.
///
/// Shared by ``FieldDescription/coerce(_:)``, which adds the limits, and
/// ``FieldDescription/canonical(_:)``, which must take whatever Salesforce holds.
extension FieldDescription {
    /// Nothing, or text of nothing but white space: both are saved as null.
    static func isEmpty(_ value: FieldValue) -> Bool {
        switch value {
        case .null: true
        case .text(let text): TextRules.isBlank(text)
        default: false
        }
    }

    /// Text, a number's digits, `true` or `false`.
    static func text(of value: FieldValue) -> String? {
        switch value {
        case .text(let text): text
        case .number(let number): number.description
        case .boolean(let flag): flag ? "true" : "false"
        case .null, .list, .object: nil
        }
    }

    /// A number, or text that is one.
    static func number(of value: FieldValue) -> DecimalNumber? {
        switch value {
        case .number(let number): number
        case .text(let text): DecimalNumber(TextRules.trimmed(text))
        default: nil
        }
    }

    /// A boolean, 0 or 1, or the text of one of these; `true` and `false` in any case.
    static func boolean(of value: FieldValue) -> Bool? {
        switch value {
        case .boolean(let flag): return flag
        case .number(let number):
            switch number.integer {
            case 0: return false
            case 1: return true
            default: return nil
            }
        case .text(let text):
            switch TextRules.folded(TextRules.trimmed(text)) {
            case "true", "1": return true
            case "false", "0": return false
            default: return nil
            }
        default: return nil
        }
    }

    /// An ISO date or datetime.
    static func time(of value: FieldValue) -> CalendarTime? {
        value.text.flatMap { CalendarTime(TextRules.trimmed($0)) }
    }

    /// The picklist value as its definition spells it; `nil` when it has none of this name.
    func definition(of value: String) -> String? {
        if picklistValues.contains(where: { $0.utf8.elementsEqual(value.utf8) }) { return value }
        return picklistValues.first { TextRules.isSame($0, value) }
    }

    /// The picklist value as its definition spells it, when it has one.
    func defined(_ value: String) -> String { definition(of: value) ?? value }

    /// The choices of a multi-select value, trimmed, each once, in definition order; choices that
    /// the definition lacks come last, sorted, so that equal sets are equal texts.
    ///
    /// - Returns: `nil` when a member is no text, number or boolean, or holds the separator `;`.
    func choices(of value: FieldValue) -> [String]? {
        var written: [String]
        if case .list(let members) = value {
            written = []
            for member in members where !Self.isEmpty(member) {
                guard let text = Self.text(of: member), !text.utf8.contains(0x3B) else {
                    return nil
                }
                written.append(text)
            }
        } else {
            guard let text = Self.text(of: value) else { return nil }
            written = text.unicodeScalars.split(separator: ";").map { String($0) }
        }
        var chosen: Set<[UInt8]> = []
        var unknown: [String] = []
        let definedForms = picklistValues.map { Array(TextRules.folded($0).utf8) }
        for text in written {
            // Control characters go before the order is found: they must not decide it.
            let choice = TextRules.trimmed(TextRules.onOneLine(TextRules.withoutControls(text)))
            if choice.isEmpty { continue }
            let form = Array(TextRules.folded(choice).utf8)
            if chosen.insert(form).inserted, !definedForms.contains(form) { unknown.append(choice) }
        }
        let known = zip(picklistValues, definedForms).filter { chosen.contains($0.1) }.map(\.0)
        return known + unknown.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

extension FieldDescription {
    /// More significant digits than a double keeps for certain.
    private static let exactDigitsMax = 15

    /// The value as Salesforce stores it: two values differ only when their canonical forms do.
    ///
    /// Total, because it is applied to whatever a query returned: what cannot be read as the
    /// field's type stays as it is. Idempotent. Blank is null, a null checkbox `false`, email
    /// addresses lower case, picklist values as defined, multi-selects a set in definition order,
    /// line ends `\n`, datetimes UTC to the second, numbers rounded to ``scale`` and to what a
    /// double keeps, ids 18 characters.
    package func canonical(_ value: FieldValue) -> FieldValue {
        if Self.isEmpty(value) { return type == .boolean ? .boolean(false) : .null }
        switch type {
        case .string, .textarea, .url, .combobox, .encryptedString, .email:
            return canonicalText(value)
        case .phone:
            guard case .text(let text) = canonicalText(value) else { return value }
            return .text(PhoneNumber.compared(text))
        case .picklist:
            guard case .text(let text) = canonicalText(value) else { return value }
            return .text(defined(text))
        case .multipicklist:
            guard let choices = choices(of: value) else { return value }
            return choices.isEmpty ? .null : .text(choices.joined(separator: ";"))
        case .boolean: return Self.boolean(of: value).map(FieldValue.boolean) ?? value
        case .int, .long, .double, .currency, .percent:
            return Self.number(of: value).map { .number(stored($0)) } ?? value
        case .date: return Self.time(of: value).map { .text($0.dateText) } ?? value
        case .datetime: return Self.time(of: value).map { .text($0.dateTimeText) } ?? value
        case .time:
            let time = value.text.flatMap { TimeOfDay(TextRules.trimmed($0)) }
            return time.map { .text($0.text) } ?? value
        case .id, .reference:
            let id = value.text.flatMap { RecordID(TextRules.trimmed($0)) }
            return id.map { .text($0.description) } ?? value
        case .base64, .address, .location, .complexValue: return value
        case .anyType: return value.text.map { .text(TextRules.trimmed($0)) } ?? value
        }
    }

    /// The form in which SOQL's `=` compares: two values match exactly when their forms are the
    /// same bytes.
    ///
    /// Canonical, and in lower case unless the field is unique and case-sensitive. Compare the
    /// UTF-8: Swift's `==` on strings also joins what differs in Unicode normalisation.
    ///
    /// - Returns: `nil` for null and blank, which match nothing, and for lists and objects where
    ///   the field takes none.
    package func matchForm(_ value: FieldValue) -> String? {
        // A query finds a phone number as it is written, not as it is dialled.
        let stored = type == .phone ? canonicalText(value) : canonical(value)
        guard !Self.isEmpty(value), let text = Self.text(of: stored) else { return nil }
        switch type {
        case .id, .reference: return text
        default: return isUnique && isCaseSensitive ? text : TextRules.folded(text)
        }
    }

    /// The values that a query must look for to find every one of the same form: SOQL compares line
    /// ends as they are stored, `\n` by the API and `\r\n` by a browser.
    package func spellings(of value: FieldValue) -> [FieldValue] {
        guard isMultiline, case .text(let text) = value else { return [value] }
        let folded = TextRules.withFoldedLineEnds(text)
        let broken = folded.replacing("\n", with: "\r\n")
        return folded == broken ? [value] : [.text(folded), .text(broken)]
    }

    /// Whether what a query returned may be a mask (`*****`, `XXX-XX-1234`) instead of the value.
    ///
    /// Classic encrypted text reads so to users without "View Encrypted Data". A mask says only
    /// that there is a value: it must never be compared with the wanted one.
    package func isMasked(_ stored: FieldValue) -> Bool {
        guard type == .encryptedString, let text = stored.text else { return false }
        return text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "X") }
    }

    private func canonicalText(_ value: FieldValue) -> FieldValue {
        guard let text = Self.text(of: value) else { return value }
        if isHTMLFormatted {
            let markup = RichText.compared(TextRules.withFoldedLineEnds(text))
            return TextRules.isBlank(markup) ? .null : .text(markup)
        }
        if TextRules.isPlain(text) { return .text(isLowerCased ? TextRules.folded(text) : text) }
        let lines = isMultiline ? TextRules.withFoldedLineEnds(text) : TextRules.onOneLine(text)
        let trimmed = TextRules.trimmed(lines)
        return .text(isLowerCased ? TextRules.folded(trimmed) : trimmed)
    }

    /// Rounded to the field's scale, then as a double holds it.
    ///
    /// Salesforce keeps numbers as doubles: of 18 digits written, the last ones come back changed,
    /// and would be a difference for ever. The shortest text of the nearest double is the same for
    /// both.
    private func stored(_ number: DecimalNumber) -> DecimalNumber {
        let isWhole = type == .int || type == .long
        let rounded = precision > 0 && !isWhole ? number.rounded(toScale: scale) : number
        guard rounded.significantDigitCount > Self.exactDigitsMax, type != .long,
            let double = Double(rounded.description), double.isFinite
        else { return rounded }
        return DecimalNumber(double.description) ?? rounded
    }
}

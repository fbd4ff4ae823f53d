extension FieldDescription {
    /// The years that date and datetime fields hold.
    private static let years = 1700...4000
    /// Values in one multi-select field.
    private static let choiceCountMax = 100

    /// The value in the form to send to this field.
    ///
    /// Nothing that a sender meant is lost; what Salesforce would drop anyway is dropped here, so
    /// that the log shows what will be stored:
    /// - blank text is null; a null checkbox is `false`, since a checkbox holds no null;
    /// - text fields take numbers and booleans; ASCII white space is trimmed (not in rich text),
    ///   control characters other than tab and line ends removed; longer than ``length`` UTF-16
    ///   units is refused;
    /// - number fields take numeric text; rounded to ``scale``, because the API would store more
    ///   decimals than the field has; more digits than the field has are refused, fractions too in
    ///   whole numbers;
    /// - checkboxes take 0, 1, `"true"`, `"false"`;
    /// - datetimes become `yyyy-MM-ddTHH:mm:ssZ`, milliseconds dropped; a date alone is midnight
    ///   UTC;
    /// - dates become `yyyy-MM-dd`; a datetime is cut to its day in UTC;
    /// - multi-selects take lists or `a;b`, in definition order; ids become 18 characters.
    ///
    /// Obeys "Field Types" of the Object Reference and "Valid Date and DateTime Formats" of the
    /// REST API Developer Guide. A whole request fails on one value of the wrong JSON type, so
    /// types are settled here. Coercing twice changes nothing.
    ///
    /// - Throws: ``CoercionError`` naming the field, what was given and what is wanted; no value.
    package func coerce(_ value: FieldValue) throws(CoercionError) -> FieldValue {
        if Self.isEmpty(value) { return type == .boolean ? .boolean(false) : .null }
        switch type {
        case .string, .textarea, .email, .phone, .url, .combobox, .encryptedString:
            return try coerceText(value)
        case .picklist:
            guard case .text(let text) = try coerceText(value) else { return .null }
            return .text(defined(text))
        case .multipicklist: return try coerceChoices(value)
        case .boolean:
            guard let flag = Self.boolean(of: value) else {
                throw refusal(of: value, "only true, false, 1 and 0 are a checkbox")
            }
            return .boolean(flag)
        case .int, .long, .double, .currency, .percent: return .number(try coerceNumber(value))
        case .date, .datetime: return try coerceTime(value)
        case .time:
            guard let time = value.text.flatMap({ TimeOfDay(TextRules.trimmed($0)) }) else {
                throw refusal(of: value, "a time is written HH:mm:ss in UTC")
            }
            return .text(time.text)
        case .id, .reference:
            guard let id = value.text.flatMap({ RecordID(TextRules.trimmed($0)) }) else {
                throw refusal(of: value, "not a record id of 15 or 18 characters with its checksum")
            }
            return .text(id.description)
        case .base64:
            guard case .text = value else { throw refusal(of: value, "base64 is text") }
            return value
        case .address, .location, .complexValue:
            throw refusal(of: value, "a compound field is read-only: map its parts")
        case .anyType: return value
        }
    }

    private func coerceText(_ value: FieldValue) throws(CoercionError) -> FieldValue {
        guard let given = Self.text(of: value) else {
            throw refusal(of: value, "a list or object is not one text")
        }
        var text = TextRules.withoutControls(given)
        if TextRules.isBlank(text) { return .null }
        if !isHTMLFormatted { text = TextRules.trimmed(text) }
        // Salesforce counts UTF-16 units: an emoji is two.
        if length > 0, text.utf16.count > length {
            throw refusal(
                of: value, "\(text.utf16.count) characters, and the field holds \(length)")
        }
        return .text(text)
    }

    private func coerceChoices(_ value: FieldValue) throws(CoercionError) -> FieldValue {
        guard let choices = choices(of: value) else {
            throw refusal(of: value, "a multi-select takes texts without semicolons")
        }
        guard choices.count <= Self.choiceCountMax else {
            throw refusal(
                of: value, "\(choices.count) values, and \(Self.choiceCountMax) are the most")
        }
        guard !choices.isEmpty else { return .null }
        return try coerceText(.text(choices.joined(separator: ";")))
    }

    private func coerceNumber(_ value: FieldValue) throws(CoercionError) -> DecimalNumber {
        guard let given = Self.number(of: value) else {
            throw refusal(of: value, "not a decimal number")
        }
        if type == .int || type == .long {
            guard given.isInteger else { throw refusal(of: value, "a fraction") }
            let fits = given.integer.map { type == .long || Int32(exactly: $0) != nil } ?? false
            guard fits, digits == 0 || given.integerDigitCount <= digits else {
                throw refusal(of: value, "too many digits")
            }
            return given
        }
        // A precision of zero is a description that does not say, not a field without digits.
        guard precision > 0 else { return given }
        let number = given.rounded(toScale: scale)
        guard number.integerDigitCount <= precision - scale else {
            throw refusal(
                of: value, "more than \(precision - scale) digits before the decimal point")
        }
        return number
    }

    private func coerceTime(_ value: FieldValue) throws(CoercionError) -> FieldValue {
        guard let time = Self.time(of: value) else {
            throw refusal(of: value, "not an ISO 8601 date or datetime")
        }
        guard Self.years.contains(time.year) else {
            throw refusal(of: value, "outside the years \(Self.years)")
        }
        return .text(type == .date ? time.dateText : time.dateTimeText)
    }

    private func refusal(of value: FieldValue, _ detail: String) -> CoercionError {
        CoercionError(field: name, given: value.kindName, wanted: type, detail: detail)
    }
}

extension FieldDescription {
    /// The value in the form to send to this field.
    ///
    /// Nothing that a sender meant is lost; what Salesforce would drop anyway is dropped here, so
    /// that the log shows what will be stored:
    /// - blank text is null; a null checkbox is `false`, since a checkbox holds no null;
    /// - text fields take numbers and booleans; ASCII white space is trimmed (not in rich text),
    ///   control characters other than tab and line ends removed, a line end in a field of a single
    ///   line a space;
    /// - number fields take numeric text; rounded to ``scale``, because the API would store more
    ///   decimals than the field has; fractions are refused in whole numbers;
    /// - checkboxes take 0, 1, `"true"`, `"false"`;
    /// - datetimes become `yyyy-MM-ddTHH:mm:ssZ`, milliseconds dropped; a date alone is midnight
    ///   UTC;
    /// - dates become `yyyy-MM-dd`; a datetime is cut to its day in UTC;
    /// - picklist values as they are defined; multi-selects take lists or `a;b`, in definition
    ///   order; ids become 18 characters.
    ///
    /// What the field could not hold is refused: see ``checkLimits(_:given:)``.
    ///
    /// Obeys "Field Types" of the Object Reference and "Valid Date and DateTime Formats" of the
    /// REST API Developer Guide. A whole request fails on one value of the wrong JSON type, so
    /// types are settled here. Coercing twice changes nothing.
    ///
    /// - Throws: ``CoercionError`` naming the field, what was given and what is wanted; no value.
    package func coerce(_ value: FieldValue) throws(CoercionError) -> FieldValue {
        let typed = try typed(value)
        try checkLimits(typed, given: value)
        return typed
    }

    /// The value in the form of the field's type, whether or not the field could hold it: what a
    /// matcher looks for. See ``coerce(_:)``.
    ///
    /// - Throws: ``CoercionError`` when it cannot be the type at all.
    package func typed(_ value: FieldValue) throws(CoercionError) -> FieldValue {
        if Self.isEmpty(value) { return type == .boolean ? .boolean(false) : .null }
        switch type {
        case .string, .textarea, .email, .phone, .url, .combobox, .encryptedString:
            return try typedText(value)
        case .picklist:
            guard case .text(let text) = try typedText(value) else { return .null }
            return .text(defined(text))
        case .multipicklist: return try typedChoices(value)
        case .boolean:
            guard let flag = Self.boolean(of: value) else {
                throw refusal(of: value, "only true, false, 1 and 0 are a checkbox")
            }
            return .boolean(flag)
        case .int, .long, .double, .currency, .percent: return .number(try typedNumber(value))
        case .date, .datetime: return try typedMoment(value)
        case .time:
            guard let time = value.text.flatMap({ TimeOfDay(TextRules.trimmed($0)) }) else {
                throw refusal(of: value, "a time is written HH:mm:ss in UTC")
            }
            return .text(time.text)
        case .id, .reference:
            guard let id = value.text.flatMap({ RecordID(TextRules.trimmed($0)) }) else {
                throw refusal(
                    of: value, "not a record id of 15 or 18 characters with its checksum",
                    as: .malformedID)
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

    private func typedText(_ value: FieldValue) throws(CoercionError) -> FieldValue {
        guard let given = Self.text(of: value) else {
            throw refusal(of: value, "a list or object is not one text")
        }
        if TextRules.isPlain(given) { return .text(given) }
        let text = TextRules.withoutControls(given)
        if TextRules.isBlank(text) { return .null }
        if isHTMLFormatted { return .text(text) }
        return .text(TextRules.trimmed(isMultiline ? text : TextRules.onOneLine(text)))
    }

    private func typedChoices(_ value: FieldValue) throws(CoercionError) -> FieldValue {
        guard let choices = choices(of: value) else {
            throw refusal(of: value, "a multi-select takes texts without semicolons")
        }
        return choices.isEmpty ? .null : .text(choices.joined(separator: ";"))
    }

    private func typedNumber(_ value: FieldValue) throws(CoercionError) -> DecimalNumber {
        guard let number = Self.number(of: value) else {
            throw refusal(of: value, "not a decimal number")
        }
        if type == .int || type == .long {
            guard number.isInteger else { throw refusal(of: value, "a fraction") }
            return number
        }
        // A precision of zero is a description that does not say, not a field without digits.
        return precision > 0 ? number.rounded(toScale: scale) : number
    }

    private func typedMoment(_ value: FieldValue) throws(CoercionError) -> FieldValue {
        guard let time = Self.time(of: value) else {
            throw refusal(of: value, "not an ISO 8601 date or datetime")
        }
        return .text(type == .date ? time.dateText : time.dateTimeText)
    }

    func refusal(
        of value: FieldValue, _ detail: String, as code: CoercionError.Code = .invalidValue
    ) -> CoercionError {
        CoercionError(
            code: code, field: name, given: value.kindName, wanted: type, detail: detail)
    }
}

extension FieldDescription {
    /// The years that date and datetime fields hold.
    private static let years = 1700...4000
    /// Values in one multi-select field (Salesforce Help, "Custom Field Types").
    private static let choiceCountMax = 100

    /// Refuses what Salesforce would refuse, before a call is spent on it.
    ///
    /// - text longer than ``length``, counted as Salesforce counts that field: see
    ///   ``storedLength(of:)``. REST never truncates, and neither does this;
    /// - more digits before the point than the field has, or than 32 and 64 bits hold;
    /// - years outside 1700–4000;
    /// - a value outside a restricted picklist, or more than 100 in a multi-select;
    /// - what is plainly no email address;
    /// - five question marks in a field that Shield encrypts, which mean *unreadable* there.
    ///
    /// - Parameters:
    ///   - typed: what ``typed(_:)`` made of it.
    ///   - given: the value as it was mapped, for the message.
    /// - Throws: ``CoercionError`` with the field, the length or size, and the limit; no value.
    package func checkLimits(
        _ typed: FieldValue, given: FieldValue
    ) throws(CoercionError) {
        switch typed {
        case .number(let number): try checkRange(of: number, given)
        case .text(let text):
            switch type {
            case .date, .datetime: try checkYear(of: text, given)
            case .picklist: try checkChoices([text], given)
            case .multipicklist:
                try checkChoices(text.unicodeScalars.split(separator: ";").map(String.init), given)
            case .email where !EmailAddress.isPlausible(text):
                throw refusal(of: given, "not an email address", as: .notAnAddress)
            default: break
            }
            try checkLength(of: text, given)
        case .null, .boolean, .list, .object: return
        }
    }

    /// Characters of `text` as Salesforce counts them against ``length``: UTF-16 units, so that an
    /// emoji is two; in rich text with the markup, special characters as the entities that they are
    /// stored as; in a comment on a case its UTF-8 bytes, entities too (Salesforce Help, knowledge
    /// article 000382141).
    func storedLength(of text: String) -> Int {
        if isHTMLFormatted { return RichText.storedLength(of: text) }
        // The one standard text field that is limited in bytes; describe does not tell.
        if name == "CommentBody" { return RichText.escaped(text).utf8.count }
        return text.utf16.count
    }

    private func checkLength(of text: String, _ given: FieldValue) throws(CoercionError) {
        switch type {
        case .string, .textarea, .email, .phone, .url, .combobox, .encryptedString, .picklist,
            .multipicklist:
            let count = storedLength(of: text)
            if length > 0, count > length {
                throw refusal(
                    of: given, "\(count) characters, and the field holds \(length)", as: .tooLong)
            }
            if isEncrypted, text == "?????" {
                throw refusal(
                    of: given, "an encrypted field does not take five question marks")
            }
        default: return
        }
    }

    private func checkChoices(_ choices: [String], _ given: FieldValue) throws(CoercionError) {
        guard choices.count <= Self.choiceCountMax else {
            throw refusal(
                of: given, "\(choices.count) values, and \(Self.choiceCountMax) are the most",
                as: .tooLong)
        }
        guard isRestrictedPicklist else { return }
        let unknownCount = choices.count { definition(of: $0) == nil }
        guard unknownCount == 0 else {
            throw refusal(
                of: given,
                "\(unknownCount) of \(choices.count) chosen is not among the "
                    + "\(picklistValues.count) values of this restricted picklist",
                as: .unknownChoice)
        }
    }

    private func checkRange(of number: DecimalNumber, _ given: FieldValue) throws(CoercionError) {
        let wholeMax: Int
        if type == .int || type == .long {
            let fits = number.integer.map { type == .long || Int32(exactly: $0) != nil } ?? false
            guard fits else {
                throw refusal(
                    of: given,
                    "\(number.integerDigitCount) digits are more than "
                        + "\(type == .long ? 64 : 32) bits hold",
                    as: .outOfRange)
            }
            wholeMax = digits > 0 ? digits : .max
        } else {
            wholeMax = precision > 0 ? precision - scale : .max
        }
        guard number.integerDigitCount <= wholeMax else {
            throw refusal(
                of: given,
                "\(number.integerDigitCount) digits before the decimal point, and the field holds "
                    + "\(wholeMax)",
                as: .outOfRange)
        }
    }

    private func checkYear(of text: String, _ given: FieldValue) throws(CoercionError) {
        guard let time = CalendarTime(text), Self.years.contains(time.year) else {
            throw refusal(of: given, "outside the years \(Self.years)", as: .outOfRange)
        }
    }
}

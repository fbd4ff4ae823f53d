/// Whether one stored value is allowed in its field.
///
/// Sources: Object Reference, "API Data Types and Salesforce Field Types"; messages as recorded.
enum ValueRules {
    static func check(_ value: StoredValue, in field: FieldSchema) throws(Refusal) {
        switch value {
        case .text(let text): try check(text, in: field)
        case .number(let number): try check(number, in: field)
        case .date(let days): try check(year: Instant.year(days), in: field)
        case .dateTime(let time): try check(year: Instant.year(ofTime: time), in: field)
        case .bool: return
        }
    }

    /// Dates begin with 1700 and end with 4000 (Salesforce Help, "Valid Date Ranges").
    private static func check(year: Int64, in field: FieldSchema) throws(Refusal) {
        guard (1700...4000).contains(year) else {
            throw Refusal(
                "NUMBER_OUTSIDE_VALID_RANGE", "\(field.label): invalid date", fields: [field.name])
        }
    }

    /// Characters as the field counts them: UTF-16 units, or the bytes of the escaped text for
    /// comments on cases (Salesforce Help 000382141).
    private static func length(of text: String, in field: FieldSchema) -> Int {
        guard field.countsBytes else { return text.utf16.count }
        return text.unicodeScalars.reduce(0) { count, scalar in
            count + (scalar == "\"" ? "&quot;" : RichTextRules.escaped(scalar)).utf8.count
        }
    }

    private static func check(_ text: String, in field: FieldSchema) throws(Refusal) {
        switch field.type {
        case .id, .reference, .time: return
        case .multipicklist:
            // At most a hundred (Salesforce Help, "Custom Field Types").
            guard Canonicalization.choices(text).count <= 100 else {
                throw Refusal(
                    "STRING_TOO_LONG", "\(field.label): too many values (max 100)",
                    fields: [field.name])
            }
            for choice in Canonicalization.choices(text) { try checkChoice(choice, in: field) }
        case .picklist: try checkChoice(text, in: field)
        case .email where !isEmail(text):
            throw Refusal(
                "INVALID_EMAIL_ADDRESS", "\(field.label): invalid email address: \(text)",
                fields: [field.name])
        default: break
        }
        // Five question marks stand for what Shield cannot decrypt (Salesforce Stack Exchange
        // 346096).
        if field.isEncrypted, text == "?????" {
            throw Refusal(
                "INVALID_FIELD", "\(field.label): You must enter a valid value",
                fields: [field.name])
        }
        // Length counts UTF-16 units: an emoji is two (Salesforce Stack Exchange 203193). REST
        // never truncates (the AllowFieldTruncation header is SOAP only).
        guard length(of: text, in: field) <= field.length else {
            throw Refusal(
                "STRING_TOO_LONG",
                "\(field.label): data value too large: \(text) (max length=\(field.length))",
                fields: [field.name])
        }
    }

    private static func checkChoice(_ value: String, in field: FieldSchema) throws(Refusal) {
        guard field.isRestrictedPicklist, !field.picklist.contains(value) else { return }
        throw Refusal(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "\(field.label): bad value for restricted picklist field: \(value)",
            fields: [field.name])
    }

    private static func check(_ number: Double, in field: FieldSchema) throws(Refusal) {
        let wholeDigits = field.type == .int ? 8 : field.precision - field.scale
        guard wholeDigits > 0, number.magnitude >= powerOfTen(wholeDigits) else { return }
        throw Refusal(
            "NUMBER_OUTSIDE_VALID_RANGE",
            "\(field.label): value outside of valid range on numeric field: "
                + StoredValue.digits(number), fields: [field.name])
    }

    private static func powerOfTen(_ exponent: Int) -> Double {
        (0..<exponent).reduce(1.0) { power, _ in power * 10 }
    }

    /// One `@`, a plausible local part, and a domain of at least two labels. Salesforce publishes
    /// no grammar; this refuses what recordings show refused (`badone`, `Not a real email
    /// address`) and spaces, commas and brackets.
    static func isEmail(_ text: String) -> Bool {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty, halves[0].utf8.count <= 64 else {
            return false
        }
        let forbidden = Set(" \t\r\n,;:<>()[]\"\\")
        guard !halves[0].contains(where: { forbidden.contains($0) }), !halves[0].hasPrefix("."),
            !halves[0].hasSuffix("."), !halves[0].contains("..")
        else { return false }
        let labels = halves[1].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let top = labels.last, top.utf8.count >= 2 else { return false }
        return labels.allSatisfy { label in
            !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy(isDomainByte)
        }
    }

    private static func isDomainByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
        default: byte >= 0x80
        }
    }
}

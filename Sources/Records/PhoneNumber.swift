/// Phone numbers, which people's edits reformat.
enum PhoneNumber {
    /// What is dialled: the text without the marks that only group it, and without the leading 1 of
    /// an eleven-digit North American number.
    ///
    /// The API stores a number as given. When a person of an American locale saves the record in
    /// the browser, `2345678901` and `12345678901` both become `(234) 567-8901`; a leading `+`
    /// stops that, so it is kept (Salesforce Help, knowledge article 000385963).
    static func compared(_ text: String) -> String {
        var filtered = String.UnicodeScalarView()
        filtered.append(contentsOf: text.unicodeScalars.filter { !isGrouping($0) })
        let dialled = TextRules.trimmed(String(filtered))
        let digits = dialled.unicodeScalars
        guard !digits.isEmpty else { return text }
        let isLong = digits.count == 11 && digits.first == "1" && digits.allSatisfy(isDigit)
        return isLong ? String(digits.dropFirst()) : dialled
    }

    private static func isGrouping(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "(", ")", "-", ".", "/": true
        default: false
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
    }
}

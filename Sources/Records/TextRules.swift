/// What Salesforce does to text when it saves it, rule by rule.
///
/// All rules work on Unicode scalars: Swift's characters join `\r\n` into one, and its comparison
/// normalises, and Salesforce does neither.
enum TextRules {
    /// ASCII white space. Salesforce trims these and leaves U+00A0, U+3000 and their like in place.
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    /// Whether no rule for plain text would change anything: there is something, no control
    /// character, and no white space at either end. Nearly every value is so, and one look then
    /// does for all rules.
    static func isPlain(_ text: String) -> Bool {
        let isPlain = text.utf8.withContiguousStorageIfAvailable { bytes in
            guard let first = bytes.first, let last = bytes.last else { return false }
            return !isSpace(first) && !isSpace(last) && bytes.allSatisfy { $0 >= 0x20 }
        }
        return isPlain ?? false
    }

    /// Whether there is nothing but ASCII white space: saved as null in any text field.
    static func isBlank(_ text: String) -> Bool { text.utf8.allSatisfy(isSpace) }

    /// Without leading and trailing ASCII white space.
    static func trimmed(_ text: String) -> String {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last else { return text }
        if !isSpace(first), !isSpace(last) { return text }
        guard let start = bytes.firstIndex(where: { !isSpace($0) }),
            let end = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text.unicodeScalars[start...end])
    }

    /// Without C0 control characters other than tab and line ends: JSON carries them, but SOAP,
    /// change events and Bulk CSV readers of the same record fail on them.
    static func withoutControls(_ text: String) -> String {
        guard text.utf8.contains(where: isControl) else { return text }
        var kept = String.UnicodeScalarView()
        kept.append(
            contentsOf: text.unicodeScalars.filter { !($0.isASCII && isControl(UInt8($0.value))) })
        return String(kept)
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D
    }

    /// With `\r\n` and `\r` as `\n`: the API keeps line ends as sent, but a person's edit in the
    /// browser turns them all into `\r\n`.
    static func withFoldedLineEnds(_ text: String) -> String {
        guard text.utf8.contains(0x0D) else { return text }
        var folded = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\r" {
                folded.append("\n")
            } else if !(scalar == "\n" && previous == "\r") {
                folded.append(scalar)
            }
            previous = scalar
        }
        return String(folded)
    }

    /// With each line end as one space: what a field of a single line shows of it.
    ///
    /// Salesforce does not say whether it keeps a line end there or replaces it. A space is the
    /// same to both.
    static func onOneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return text }
        var line = String.UnicodeScalarView()
        for scalar in withFoldedLineEnds(text).unicodeScalars {
            line.append(scalar == "\n" ? " " : scalar)
        }
        return String(line)
    }

    /// Lower case scalar by scalar, without regard to language: how SOQL's `=` ignores case.
    static func folded(_ text: String) -> String {
        let isFolded = text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.allSatisfy { $0 < 0x80 && !(0x41...0x5A).contains($0) }
        }
        return isFolded == true ? text : text.lowercased()
    }

    /// Whether SOQL's `=` holds between two texts of a field that ignores case.
    static func isSame(_ one: String, _ other: String) -> Bool {
        one.utf8.elementsEqual(other.utf8) || folded(one).utf8.elementsEqual(folded(other).utf8)
    }
}

/// What Salesforce stores for what was written. The reason why reading back differs.
enum Canonicalization {
    /// The stored form of `value`; nil when the field ends up empty.
    static func stored(
        _ value: StoredValue?, in field: FieldSchema, _ settings: OrgSettings = OrgSettings()
    ) -> StoredValue? {
        switch (field.type, value) {
        // A checkbox cannot be empty: null reads false (describe: nillable false).
        case (.boolean, nil): .bool(false)
        case (.id, .text(let text)), (.reference, .text(let text)): reference(text)
        case (.email, .text(let text)): email(text)
        case (.picklist, .text(let text)): trimmed(text).map { .text(defined($0, in: field)) }
        case (.multipicklist, .text(let text)): multiple(text, in: field)
        case (_, .text(let text)) where field.isRichText: rich(text)
        case (.textarea, .text(let text)): trimmed(text).map(StoredValue.text)
        case (_, .text(let text)): line(text, in: field, settings)
        // Whole seconds (REST API Developer Guide, date formats; recorded reads end in `.000`).
        case (.datetime, .dateTime(let time)): .dateTime(wholeSeconds(time))
        // Decimals beyond the scale are stored and returned unrounded through the API (Salesforce
        // Help 000387302, "Decimal places … are not enforced through the API").
        default: value
        }
    }

    /// Leading and trailing ASCII whitespace goes on save; U+00A0 and other Unicode spaces stay
    /// (Apex Developer Guide, "String fields are trimmed"; dataloader issues 1453 and 1454).
    /// What is left empty is null.
    static func trimmed(_ text: String) -> String? {
        let utf8 = text.utf8
        guard let first = utf8.first, let last = utf8.last else { return nil }
        if !isSpace(first), !isSpace(last) { return text }
        let kept = utf8.drop(while: isSpace)
        var end = kept.endIndex
        while end > kept.startIndex, isSpace(kept[kept.index(before: end)]) {
            end = kept.index(before: end)
        }
        return end > kept.startIndex ? String(kept[kept.startIndex..<end]) : nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    /// Emails are lower-cased on save (recorded: wrote `Chloe.Myers@…`, read `chloe.myers@…`).
    private static func email(_ text: String) -> StoredValue? {
        trimmed(text).map { .text($0.lowercased()) }
    }

    /// Markup as it is kept; a text of nothing but white space is none.
    private static func rich(_ text: String) -> StoredValue? {
        let kept = RichTextRules.stored(text)
        return trimmed(kept) == nil ? nil : .text(kept)
    }

    /// Text of one line. A User's username is stored in lower case.
    private static func line(
        _ text: String, in field: FieldSchema, _ settings: OrgSettings
    ) -> StoredValue? {
        let lines = settings.replacesLineEnds ? onOneLine(text) : text
        return trimmed(lines).map { .text(field.isLowerCased ? $0.lowercased() : $0) }
    }

    private static func onOneLine(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            let isEnd = scalar == "\r" || scalar == "\n"
            if !isEnd { line.append(scalar) }
            if isEnd, !(scalar == "\n" && previous == "\r") { line.append(" ") }
            previous = scalar
        }
        return String(line)
    }

    /// 15 characters become 18; an empty string clears the lookup.
    private static func reference(_ text: String) -> StoredValue? {
        trimmed(text).map { .text(RecordIdentifier.canonical($0) ?? $0) }
    }

    /// A value that equals a defined one without regard to case takes the definition's spelling.
    private static func defined(_ text: String, in field: FieldSchema) -> String {
        if field.picklist.contains(text) { return text }
        let folded = FoldedText(text)
        return field.picklist.first { FoldedText($0) == folded } ?? text
    }

    /// Multi-select values are stored in definition order, once each (Salesforce Help 000231088:
    /// `Charge;Pay` reads `Pay;Charge`); values outside an unrestricted definition follow.
    private static func multiple(_ text: String, in field: FieldSchema) -> StoredValue? {
        let written = choices(text).map { defined($0, in: field) }
        let known = field.picklist.filter { written.contains($0) }
        var others: [String] = []
        for value in written where !known.contains(value) && !others.contains(value) {
            others.append(value)
        }
        let all = known + others
        return all.isEmpty ? nil : .text(all.joined(separator: ";"))
    }

    /// The selected values of a multi-select text, trimmed, without empty ones.
    static func choices(_ text: String) -> [String] {
        text.split(separator: ";").compactMap { trimmed(String($0)) }
    }

    private static func wholeSeconds(_ time: Int64) -> Int64 {
        let rest = time % 1_000
        return time - (rest < 0 ? rest + 1_000 : rest)
    }
}

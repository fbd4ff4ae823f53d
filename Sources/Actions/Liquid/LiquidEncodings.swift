/// Filters that write a text in the notation of something else.
enum LiquidEncodings {
    /// `nil` for a filter of another kind.
    static func changed(_ filter: LiquidFilter, _ text: String) -> String? {
        switch filter {
        case .escape, .xmlEscape: escaped(text)
        case .escapeOnce: escaped(unescaped(text))
        case .urlEncode: percentEncoded(text, keeping: componentMarks, spaceAsPlus: true)
        case .cgiEscape: percentEncoded(text, keeping: "-_.", spaceAsPlus: true)
        case .uriEscape: percentEncoded(text, keeping: addressMarks, spaceAsPlus: false)
        case .urlDecode: percentDecoded(text)
        case .slugify: slug(text)
        case .stripHTML: withoutMarkup(text)
        default: nil
        }
    }

    // MARK: Markup

    private static let entities: [(character: Character, entity: String)] = [
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&#34;"), ("'", "&#39;"),
    ]

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if let found = entities.first(where: { $0.character == character }) {
                result += found.entity
            } else {
                result.append(character)
            }
        }
    }

    /// `&amp;` last: what it gives must not be taken for the beginning of another.
    private static func unescaped(_ text: String) -> String {
        entities.reversed().reduce(text) { text, pair in
            text.replacingCodePoints(pair.entity, with: String(pair.character))
        }
    }

    /// Without tags and comments, and without what scripts and styles hold.
    private static func withoutMarkup(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "<") {
            result += rest[..<open]
            rest = rest[open...]
            let lower = rest.prefix(8).lowercased()
            let closing =
                rest.hasPrefix("<!--")
                ? "-->"
                : lower.hasPrefix("<script")
                    ? "</script>" : lower.hasPrefix("<style") ? "</style>" : ">"
            guard let end = end(of: closing, in: rest) ?? end(of: ">", in: rest) else {
                return result + rest
            }
            rest = rest[end...]
        }
        return result + rest
    }

    private static func end(of closing: String, in text: Substring) -> String.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].prefix(closing.count).lowercased() == closing {
                return text.index(index, offsetBy: closing.count)
            }
            index = text.index(after: index)
        }
        return nil
    }

    /// Letters and digits of any script in lower case, hyphens between them.
    private static func slug(_ text: String) -> String {
        text.split { !$0.isLetter && !$0.isNumber }.joined(separator: "-").lowercased()
    }

    // MARK: Addresses

    /// What JavaScript's `encodeURIComponent` leaves as it is, besides letters and digits.
    private static let componentMarks = "-_.!~*'()"
    /// What `encodeURI` leaves as it is.
    private static let addressMarks = componentMarks + ";/?:@&=+$,#"

    private static func percentEncoded(
        _ text: String, keeping marks: String, spaceAsPlus: Bool
    ) -> String {
        let kept = Set(marks.utf8)
        return text.utf8.reduce(into: "") { result, byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || isDigit(byte))
            if isPlain || kept.contains(byte) {
                result.unicodeScalars.append(scalar)
            } else if spaceAsPlus, byte == UInt8(ascii: " ") {
                result += "+"
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                result += "%" + (hex.count == 1 ? "0" : "") + hex
            }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// A `%` that begins no escape stays.
    private static func percentDecoded(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let digits = bytes[min(index + 1, bytes.count)..<min(index + 3, bytes.count)]
            let written = String(decoding: digits, as: UTF8.self)
            if bytes[index] == UInt8(ascii: "%"), digits.count == 2,
                written.allSatisfy(\.isHexDigit), let byte = UInt8(written, radix: 16)
            {
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}

/// Rich text: HTML that Salesforce rewrites when it saves it.
///
/// Special characters become entities, tags that it does not support go, and an edit in the browser
/// puts text into a paragraph (Salesforce Help, "Rich Text Area Field Limitations" and "Supported
/// HTML Tags").
enum RichText {
    /// The form in which two rich texts are compared: equal for what Salesforce makes of one and
    /// the other. Idempotent.
    static func compared(_ html: String) -> String {
        var text = ""
        for piece in RichTextScanner(html) {
            switch piece {
            case .text(let scalar), .entity(let scalar, _): append(escaped: scalar, to: &text)
            case .unknownEntity(let raw): text += "&amp;" + raw.dropFirst()
            case .tag(let tag): if tag.isSupported { text += tag.normalised }
            }
        }
        return withoutOnlyParagraph(text)
    }

    /// UTF-16 units that the text takes when it is stored: the markup counts, and special
    /// characters count as their entities.
    static func storedLength(of html: String) -> Int {
        var count = 0
        for piece in RichTextScanner(html) {
            switch piece {
            case .text(let scalar): count += entity(of: scalar)?.utf16.count ?? scalar.utf16.count
            case .entity(_, let raw): count += raw.utf16.count
            case .unknownEntity(let raw): count += raw.utf16.count + "amp;".utf16.count
            case .tag(let tag): count += tag.raw.utf16.count
            }
        }
        return count
    }

    /// Plain text with its special characters as entities.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars { append(escaped: scalar, to: &escaped) }
        return escaped
    }

    private static func append(escaped scalar: Unicode.Scalar, to text: inout String) {
        if let entity = entity(of: scalar) {
            text += entity
        } else {
            text.unicodeScalars.append(scalar)
        }
    }

    private static func entity(of scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&quot;"
        case "'": "&#39;"
        default: nil
        }
    }

    /// A text that is one plain paragraph is the text in it.
    private static func withoutOnlyParagraph(_ text: String) -> String {
        guard text.hasPrefix("<p>"), text.hasSuffix("</p>"), text.utf8.count >= 7 else {
            return text
        }
        let inner = text.dropFirst(3).dropLast(4)
        return inner.contains("<p") || inner.contains("</p") ? text : String(inner)
    }
}

/// A tag as it was written.
struct RichTextTag {
    /// With its brackets.
    let raw: String
    /// In lower case; a closing tag's begins with `/`.
    private let name: String
    private let attributes: String

    /// - Returns: `nil` when what stands between the brackets is no tag.
    init?(inside content: Substring.UnicodeScalarView) {
        let isClosing = content.first == "/"
        let body = isClosing ? content.dropFirst() : content
        guard let first = body.first, first.isASCII, first.properties.isAlphabetic else {
            return nil
        }
        let name = body.prefix { !$0.properties.isWhitespace && $0 != "/" }
        raw = "<" + String(content) + ">"
        self.name = (isClosing ? "/" : "") + String(name).lowercased()
        let words = String(body[name.endIndex...]).split { $0.isWhitespace }
        var attributes = words.joined(separator: " ")
        while attributes.hasSuffix("/") { attributes.removeLast() }
        while attributes.hasSuffix(" ") { attributes.removeLast() }
        self.attributes = attributes
    }

    /// In lower case, with single spaces and without the slash of an empty element.
    var normalised: String { "<" + name + (attributes.isEmpty ? "" : " " + attributes) + ">" }

    /// Whether rich text areas keep the tag.
    var isSupported: Bool {
        Self.supported.contains(name.hasPrefix("/") ? String(name.dropFirst()) : name)
    }

    private static let supported: Set<String> = [
        "a", "abbr", "acronym", "address", "b", "bdo", "big", "blockquote", "br", "caption", "cite",
        "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "font", "h1", "h2",
        "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s",
        "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
        "th", "thead", "tr", "tt", "u", "ul", "var",
    ]
}

/// Walks rich text piece by piece.
struct RichTextScanner: Sequence, IteratorProtocol {
    enum Piece {
        case text(Unicode.Scalar)
        /// The character, and the entity as it was written.
        case entity(Unicode.Scalar, raw: String)
        /// `&…;` of a name that this does not know, as it was written.
        case unknownEntity(raw: String)
        case tag(RichTextTag)
    }

    private var rest: Substring.UnicodeScalarView

    /// Scalars between `&` and `;`.
    private static let entityLengthMax = 10

    init(_ html: String) { rest = html[...].unicodeScalars }

    mutating func next() -> Piece? {
        guard let first = rest.first else { return nil }
        if first == "<", let tag = takeTag() { return .tag(tag) }
        if first == "&", let entity = takeEntity() { return entity }
        rest.removeFirst()
        return .text(first)
    }

    private mutating func takeTag() -> RichTextTag? {
        let content = rest.dropFirst().prefix { $0 != ">" && $0 != "<" }
        guard content.endIndex < rest.endIndex, rest[content.endIndex] == ">",
            let tag = RichTextTag(inside: content)
        else { return nil }
        rest = rest[content.endIndex...].dropFirst()
        return tag
    }

    private mutating func takeEntity() -> Piece? {
        let name = rest.dropFirst().prefix(Self.entityLengthMax).prefix(while: Self.isInName)
        guard !name.isEmpty, name.endIndex < rest.endIndex, rest[name.endIndex] == ";" else {
            return nil
        }
        rest = rest[name.endIndex...].dropFirst()
        let raw = "&" + String(name) + ";"
        return Self.character(String(name)).map { .entity($0, raw: raw) }
            ?? .unknownEntity(raw: raw)
    }

    private static func isInName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "#", "0"..."9", "a"..."z", "A"..."Z": true
        default: false
        }
    }

    private static func character(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        case "nbsp": return "\u{A0}"
        default: break
        }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let isHex = digits.hasPrefix("x") || digits.hasPrefix("X")
        let number = isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        // Control characters are never stored, so an entity of one is just text.
        return number.flatMap { $0 < 0x20 ? nil : Unicode.Scalar($0) }
    }
}

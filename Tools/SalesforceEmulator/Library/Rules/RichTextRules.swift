/// What is stored of HTML in a rich text area.
///
/// Source: Salesforce Help, "Rich Text Area Field Limitations" and "Supported HTML Tags and
/// Attributes": special characters are stored as entities, other tags are removed, the text inside
/// them stays; the length counts all of it.
enum RichTextRules {
    private static let tags: Set<String> = [
        "a", "abbr", "acronym", "address", "b", "bdo", "big", "blockquote", "br", "caption", "cite",
        "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "font", "h1", "h2",
        "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s",
        "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
        "th", "thead", "tr", "tt", "u", "ul", "var",
    ]

    static func stored(_ html: String) -> String {
        let scalars = Array(html.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            if scalars[index] == "<", let end = tagEnd(scalars, from: index) {
                if isKept(scalars[index...end]) { result.append(contentsOf: scalars[index...end]) }
                index = end + 1
            } else if scalars[index] == "&", let end = entityEnd(scalars, from: index) {
                result.append(contentsOf: scalars[index...end])
                index = end + 1
            } else {
                result.append(contentsOf: escaped(scalars[index]).unicodeScalars)
                index += 1
            }
        }
        return String(result)
    }

    /// A character by itself, as an entity when it means something in HTML.
    static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "'": "&#39;"
        default: String(Character(scalar))
        }
    }

    private static func tagEnd(_ scalars: [Unicode.Scalar], from start: Int) -> Int? {
        let first = start + 1 < scalars.count && scalars[start + 1] == "/" ? start + 2 : start + 1
        guard first < scalars.count, isLetter(scalars[first]) else { return nil }
        let end = scalars[first...].firstIndex { $0 == ">" || $0 == "<" }
        return end.flatMap { scalars[$0] == ">" ? $0 : nil }
    }

    private static func isKept(_ tag: ArraySlice<Unicode.Scalar>) -> Bool {
        var name = ""
        for scalar in tag.dropFirst() where !(name.isEmpty && scalar == "/") {
            guard isLetter(scalar) || ("0"..."9").contains(scalar) else { break }
            name.unicodeScalars.append(scalar)
        }
        return tags.contains(name.lowercased())
    }

    /// `&name;` or `&#number;`.
    private static func entityEnd(_ scalars: [Unicode.Scalar], from start: Int) -> Int? {
        let names = ["amp", "lt", "gt", "quot", "apos", "nbsp"]
        guard let end = scalars[start...].prefix(12).firstIndex(of: ";") else { return nil }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[(start + 1)..<end])
        let name = String(text)
        let isNumber =
            name.hasPrefix("#") && name.count > 1 && name.dropFirst().allSatisfy(\.isHexDigit)
        return names.contains(name) || isNumber ? end : nil
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }
}

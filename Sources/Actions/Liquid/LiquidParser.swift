import Events
import Records

/// Reads a template by recursive descent, character by character.
struct LiquidParser {
    let source: [Character]
    var index = 0
    /// Where each character stands in the whole text: `{% liquid %}` reads its lines as a text of
    /// their own. `nil` when this is the whole text.
    private let origin: (source: [Character], indices: [Int])?
    private(set) var paths: [JSONPath] = []
    /// Names that the template itself gives values to: not for the event to have.
    private var ownNames: Set<String> = []
    /// Whether a `-%}` or `-}}` takes the white space before the next text away.
    private var trimsNext = false
    private var depth = 0

    /// Tags that Segment disables, because of what they can cost.
    static let disabledTags = ["case", "for", "include", "layout", "render", "tablerow"]
    static let tags = [
        "assign", "capture", "comment", "decrement", "echo", "if", "increment", "liquid", "raw",
        "unless",
    ]

    init(_ source: [Character]) {
        self.source = source
        origin = nil
    }

    private init(lines: [Character], indices: [Int], of whole: LiquidParser) {
        source = lines
        origin = (whole.origin?.source ?? whole.source, indices)
        ownNames = whole.ownNames
        depth = whole.depth
    }

    mutating func template() throws(LiquidError) -> [LiquidNode] {
        try block(closedBy: [], openedAt: 0).nodes
    }

    // MARK: Blocks

    /// Reads up to one of the closing tags, whose name has then been read and nothing behind it; to
    /// the end when there are none.
    private mutating func block(
        closedBy closers: [String], openedAt start: Int
    ) throws(LiquidError) -> (nodes: [LiquidNode], closer: String) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= LiquidTemplate.nestingMax else {
            throw error("nested deeper than \(LiquidTemplate.nestingMax) blocks", at: start)
        }
        var nodes: [LiquidNode] = []
        while true {
            let text = takeText()
            if !text.isEmpty { nodes.append(.text(text)) }
            guard index < source.count else {
                guard let last = closers.last else { return (nodes, "") }
                throw error("this block is never closed; add {% \(last) %}", at: start)
            }
            let open = index
            let isTag = source[index + 1] == "%"
            index += 2
            if index < source.count, source[index] == "-" { index += 1 }
            if isTag {
                let name = tagName()
                if closers.contains(name) { return (nodes, name) }
                nodes += try tag(name, openedAt: open)
            } else {
                nodes.append(.output(try expression()))
                try close("}}")
            }
        }
    }

    /// The text up to the next `{{` or `{%`, without the white space that hyphens take away.
    private mutating func takeText() -> String {
        var end = index
        while end < source.count, !isOpening(at: end) { end += 1 }
        var text = source[index..<end]
        if trimsNext { text = text.drop(while: \.isWhitespace) }
        if end + 2 < source.count, source[end + 2] == "-" {
            while let last = text.last, last.isWhitespace { text.removeLast() }
        }
        trimsNext = false
        index = end
        return String(text)
    }

    private func isOpening(at index: Int) -> Bool {
        source[index] == "{" && index + 1 < source.count
            && (source[index + 1] == "{" || source[index + 1] == "%")
    }

    private mutating func tagName() -> String {
        skipSpaces()
        if index < source.count, source[index] == "#" { return "#" }
        return takeWord()
    }

    // MARK: Tags

    private mutating func tag(_ name: String, openedAt open: Int) throws(LiquidError)
        -> [LiquidNode]
    {
        switch name {
        case "#":
            try skip(to: "%}", openedAt: open)
            try close("%}")
            return []
        case "if", "unless": return [try choice(negated: name == "unless", openedAt: open)]
        case "assign": return [try assign()]
        case "capture": return [try capture(openedAt: open)]
        case "comment":
            _ = try verbatim(until: "endcomment", openedAt: open)
            return []
        case "raw": return [.text(try verbatim(until: "endraw", openedAt: open))]
        case "echo": return [.output(try expression(closedBy: "%}"))]
        case "increment": return [try count(by: 1)]
        case "decrement": return [try count(by: -1)]
        case "liquid": return try lines(openedAt: open)
        default: throw unknownTag(name, openedAt: open)
        }
    }

    private func unknownTag(_ name: String, openedAt open: Int) -> LiquidError {
        if Self.disabledTags.contains(name) {
            return error("tag \"\(name)\" is disabled", at: open)
        }
        let hint = NearestName.of(name, among: Self.tags).map { " (did you mean \"\($0)\"?)" } ?? ""
        return error(
            "there is no tag \"\(name)\" to open here\(hint); there are "
                + Self.tags.joined(separator: ", "), at: open)
    }

    private mutating func choice(
        negated: Bool, openedAt open: Int
    ) throws(LiquidError) -> LiquidNode {
        let ending = negated ? "endunless" : "endif"
        var branches: [LiquidBranch] = []
        let first = try condition()
        var asked: LiquidCondition? = negated ? .not(first) : first
        while true {
            try close("%}")
            let closers = asked == nil ? [ending] : ["elsif", "else", ending]
            let (nodes, closer) = try block(closedBy: closers, openedAt: open)
            branches.append(LiquidBranch(condition: asked, nodes: nodes))
            if closer == ending { break }
            asked = closer == "elsif" ? try condition() : nil
        }
        try close("%}")
        return .choice(branches)
    }

    private mutating func assign() throws(LiquidError) -> LiquidNode {
        let name = try ownName()
        skipSpaces()
        guard take("=") else { throw error("expected \"=\" after \"\(name)\"", at: index) }
        let value = try expression(closedBy: "%}")
        ownNames.insert(name)
        return .assign(name, value)
    }

    private mutating func capture(openedAt open: Int) throws(LiquidError) -> LiquidNode {
        let name = try ownName()
        try close("%}")
        let nodes = try block(closedBy: ["endcapture"], openedAt: open).nodes
        try close("%}")
        ownNames.insert(name)
        return .capture(name, nodes)
    }

    private mutating func count(by step: Int) throws(LiquidError) -> LiquidNode {
        let name = try ownName()
        try close("%}")
        return .count(name, by: step)
    }

    private mutating func ownName() throws(LiquidError) -> String {
        skipSpaces()
        let name = takeWord()
        guard !name.isEmpty else { throw error("expected a name", at: index) }
        return name
    }

    /// What stands between a tag that has been opened and its closing tag, as it is.
    private mutating func verbatim(
        until closer: String, openedAt open: Int
    ) throws(LiquidError) -> String {
        try close("%}")
        trimsNext = false
        let start = index
        while index < source.count {
            let end = index
            if isOpening(at: index), source[index + 1] == "%" {
                index += 2
                if index < source.count, source[index] == "-" { index += 1 }
                if tagName() == closer {
                    try close("%}")
                    return String(source[start..<end])
                }
                index = end
            }
            index += 1
        }
        throw error("this block is never closed; add {% \(closer) %}", at: open)
    }

    /// `{% liquid … %}`: each line is a tag.
    private mutating func lines(openedAt open: Int) throws(LiquidError) -> [LiquidNode] {
        let start = index
        try skip(to: "%}", openedAt: open)
        var characters: [Character] = []
        var indices: [Int] = []
        var lineStart = start
        for end in start...index where end == index || source[end].isNewline {
            let line = source[lineStart..<end].drop(while: \.isWhitespace)
            if !line.isEmpty {
                characters += ["{", "%"] + line + ["%", "}"]
                let (first, last) = (place(line.startIndex), place(line.endIndex - 1))
                indices += [first, first] + line.indices.map(place) + [last, last]
            }
            lineStart = end + 1
        }
        var inner = LiquidParser(lines: characters, indices: indices, of: self)
        let nodes = try inner.template()
        paths += inner.paths
        ownNames.formUnion(inner.ownNames)
        try close("%}")
        return nodes
    }

    // MARK: Places and characters

    private mutating func skip(to closing: String, openedAt open: Int) throws(LiquidError) {
        let wanted = Array(closing)
        while index + wanted.count <= source.count {
            if source[index..<(index + wanted.count)].elementsEqual(wanted) {
                if source[index - 1] == "-" { index -= 1 }
                return
            }
            index += 1
        }
        throw error("this is never closed; add \"\(closing)\"", at: open)
    }

    /// Reads `%}` or `}}`, with a hyphen or without.
    mutating func close(_ closing: String) throws(LiquidError) {
        skipSpaces()
        let start = index
        let trims = take("-")
        let wanted = Array(closing)
        guard index + wanted.count <= source.count,
            source[index..<(index + wanted.count)].elementsEqual(wanted)
        else { throw error("expected \"\(closing)\" here", at: start) }
        index += wanted.count
        trimsNext = trims
    }

    private func place(_ index: Int) -> Int {
        guard let origin else { return index }
        guard let last = origin.indices.last else { return 0 }
        return index < origin.indices.count ? origin.indices[index] : last
    }

    func error(_ message: String, at index: Int) -> LiquidError {
        LiquidError(
            message, at: min(place(index), (origin?.source ?? source).count),
            in: origin?.source ?? source)
    }

    /// Notes a path that the event must be able to have.
    mutating func note(_ name: String, _ steps: [LiquidStep]) {
        guard !ownNames.contains(name) else { return }
        var known: [JSONPath.Step] = [.member(name)]
        for step in steps {
            guard case .known(let step) = step else { break }
            known.append(step)
        }
        paths.append(JSONPath(steps: known))
    }
}

import Yams

/// Reads YAML into a tree with places. The only file that knows the YAML library.
///
/// Scalars are understood by the YAML 1.2 core schema: `true`, `false`, `null`, `~` and decimal
/// numbers; so `no`, `on`, `12:30` and dates are texts, as written.
struct YAMLDocument {
    /// Groups within one another.
    static let depthMax = 32
    /// Parts in all, aliases counted as often as they are used: bounds what a small file can expand
    /// to.
    static let nodesMax = 100_000

    private var nodesLeft = nodesMax
    private var problems = ProblemList()

    /// The document's tree; an empty document is an empty group.
    static func parse(_ yaml: String) throws(YAMLFailure) -> ConfigurationNode {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw YAMLFailure(problems: Self.problem(of: error))
        } catch {
            // The library throws nothing else; were it to, the text has no place.
            throw YAMLFailure(problems: Self.problem("\(error)", nil))
        }
        guard let root else { return ConfigurationNode(value: .object([]), place: .none) }
        var document = YAMLDocument()
        let node = document.node(root, depth: 0)
        guard document.problems.isEmpty else { throw YAMLFailure(problems: document.problems) }
        return node
    }

    private mutating func node(_ node: Node, depth: Int) -> ConfigurationNode {
        let place = Self.place(node.mark)
        nodesLeft -= 1
        guard nodesLeft >= 0, depth <= Self.depthMax else {
            if problems.isEmpty {
                problems.add(
                    place,
                    "the file is nested deeper than \(Self.depthMax) levels or has more than "
                        + "\(Self.nodesMax) parts")
            }
            return ConfigurationNode(value: .empty, place: place)
        }
        switch node {
        case .scalar(let scalar):
            return ConfigurationNode(value: Self.value(of: scalar), place: place)
        case .sequence(let sequence):
            let items = sequence.map { self.node($0, depth: depth + 1) }
            return ConfigurationNode(value: .list(items), place: place)
        case .mapping(let mapping):
            let members = mapping.compactMap { member($0.key, $0.value, depth: depth) }
            return ConfigurationNode(value: .object(members), place: place)
        case .alias:
            // The library resolves aliases while composing, so none is left.
            return ConfigurationNode(value: .empty, place: place)
        }
    }

    private mutating func member(
        _ key: Node, _ value: Node, depth: Int
    ) -> ConfigurationMember? {
        guard case .scalar(let name) = key else {
            problems.add(Self.place(key.mark), "a key is a single word")
            return nil
        }
        return ConfigurationMember(
            name: name.string, namePlace: Self.place(key.mark), value: node(value, depth: depth + 1)
        )
    }

    private static func value(of scalar: Node.Scalar) -> ConfigurationNode.Value {
        guard scalar.style == .plain || scalar.style == .any else { return .text(scalar.string) }
        switch scalar.string {
        case "": return .empty
        case "null", "Null", "NULL", "~": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        case let text: return isNumber(text) ? .number(text) : .text(text)
        }
    }

    /// `-?digits[.digits][e±digits]`; no hexadecimal, no infinities, no leading zeros (`007` is
    /// likelier an id than a number).
    private static func isNumber(_ text: String) -> Bool {
        var rest = text.utf8[...]
        func takeDigits() -> Int {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest.dropFirst(digits.count)
            return digits.count
        }
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let wholeDigits = takeDigits()
        guard wholeDigits == 1 || wholeDigits > 1 && !startsWithZero else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard takeDigits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
                rest.removeFirst()
            }
            guard takeDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func place(_ mark: Mark?) -> SourcePlace {
        SourcePlace(line: mark?.line ?? 0, column: mark?.column ?? 0)
    }

    private static func problem(of error: YamlError) -> ProblemList {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let before = context.map { "\($0.text): " } ?? ""
            return Self.problem("this is not YAML: \(before)\(problem)", mark)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            return Self.problem("given twice in one group: \(names); keep one", context.mark)
        case .reader(let problem, _, _, _):
            return Self.problem("this is not text in UTF-8: \(problem)", nil)
        default:
            return Self.problem("the YAML cannot be read: \(error)", nil)
        }
    }

    private static func problem(_ message: String, _ mark: Mark?) -> ProblemList {
        var problems = ProblemList()
        problems.add(place(mark), message)
        return problems
    }
}

/// A text that is no usable YAML.
struct YAMLFailure: Error {
    let problems: ProblemList
}

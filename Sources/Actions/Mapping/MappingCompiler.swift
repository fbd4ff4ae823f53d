import Events
import Records

/// Compiles mappings from configuration, collecting every problem with its place.
struct MappingCompiler {
    /// The directives that exist, for messages.
    static let directives = Directive.allCases.map(\.rawValue)

    var problems = ProblemList()
    /// What paths can reach where the compiler stands: others are refused.
    var roots: MappingRoots

    /// - Parameter roots: what the mapping's paths can reach.
    init(roots: MappingRoots = .anything) { self.roots = roots }

    /// Compiles a mapping; `nil` after a problem.
    ///
    /// - Parameter readsShorthand: whether `$.a.b` is a path. Off inside `@literal`, where a text
    ///   is itself.
    mutating func compile(
        _ node: ConfigurationNode, readsShorthand: Bool = true
    ) -> Mapping? {
        switch node.value {
        case .empty:
            problems.add(node, "a value is missing here; write null to clear the field")
            return nil
        case .null: return .constant(.null)
        case .boolean(let flag): return .constant(.boolean(flag))
        case .number(let digits): return number(digits, node)
        case .text(let text):
            let isPath = readsShorthand && (text.hasPrefix("$.") || text.hasPrefix("$["))
            return isPath ? path(text, node) : .constant(.text(text))
        case .list(let items): return list(items, readsShorthand)
        case .object(let members): return object(members, node, readsShorthand)
        }
    }

    private mutating func number(_ digits: String, _ node: ConfigurationNode) -> Mapping? {
        guard let number = DecimalNumber(digits) else {
            problems.add(node, "\"\(digits)\" is beyond the numbers that can be kept exactly")
            return nil
        }
        return .constant(.number(number))
    }

    private mutating func list(_ items: [ConfigurationNode], _ readsShorthand: Bool) -> Mapping? {
        let mappings = items.map { compile($0, readsShorthand: readsShorthand) }
        guard mappings.allSatisfy({ $0 != nil }) else { return nil }
        let known = mappings.compactMap(\.self)
        return Mapping(source: .list(known.map(\.source)), rule: .list(known.map(\.rule)))
    }

    private mutating func object(
        _ members: [ConfigurationMember], _ node: ConfigurationNode, _ readsShorthand: Bool
    ) -> Mapping? {
        if let directive = members.first(where: { $0.name.hasPrefix("@") }) {
            return self.directive(directive, among: members)
        }
        var mappings: [String: Mapping] = [:]
        for member in members {
            mappings[member.name] = compile(member.value, readsShorthand: readsShorthand)
        }
        guard mappings.count == members.count else { return nil }
        return Mapping(
            source: .object(mappings.mapValues(\.source)),
            rule: .object(mappings.mapValues(\.rule)))
    }

    // MARK: Directives

    private mutating func directive(
        _ member: ConfigurationMember, among members: [ConfigurationMember]
    ) -> Mapping? {
        // `_metadata` is what the reference products' editors leave beside a directive.
        for other in members where other.name != member.name && other.name != "_metadata" {
            problems.add(
                other.namePlace,
                "\"\(other.name)\" cannot stand beside \(member.name): a directive stands alone")
            return nil
        }
        guard let directive = Directive(rawValue: member.name) else {
            problems.add(
                member.namePlace,
                "there is no directive \(member.name); there are "
                    + Self.directives.joined(separator: ", "),
                suggestion: NearestName.of(member.name, among: Self.directives))
            return nil
        }
        return compile(directive, member.value)
    }

    private mutating func compile(_ directive: Directive, _ node: ConfigurationNode) -> Mapping? {
        switch directive {
        case .path: path(node)
        case .template: template(node)
        case .literal: compile(node, readsShorthand: false)?.wrapped(in: .literal)
        case .condition: condition(node)
        case .letterCase: letterCase(node)
        case .arrayPath: arrayPath(node)
        case .replace: replace(node)
        case .merge: merge(node)
        case .transform: transform(node)
        case .flatten: flatten(node)
        case .json: json(node)
        case .excludeWhenNull:
            compile(node)?.wrapped(in: .excludeWhenNull) { .withoutNulls($0) }
        case .liquid: liquid(node)
        }
    }

    // MARK: Options

    /// The keys of a directive that takes several; `nil` after a problem.
    mutating func options(
        _ node: ConfigurationNode, of directive: Directive, required: [String],
        optional: [String] = []
    ) -> [String: ConfigurationNode]? {
        let (name, allowed) = (directive.rawValue, required + optional)
        guard let members = node.members else {
            problems.add(
                node,
                "\(name) takes the keys \(allowed.joined(separator: ", ")), found \(node.kindName)")
            return nil
        }
        var isComplete = true
        for member in members where !allowed.contains(member.name) {
            problems.add(
                member.namePlace, "\(name) has no key \"\(member.name)\"",
                suggestion: NearestName.of(member.name, among: allowed))
            isComplete = false
        }
        for key in required where !members.contains(where: { $0.name == key }) {
            problems.add(node, "\(name) needs the key \"\(key)\"")
            isComplete = false
        }
        guard isComplete else { return nil }
        return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// A mapping that can give a text: a text, or a directive.
    mutating func textual(_ node: ConfigurationNode?, of directive: Directive) -> Mapping? {
        guard let node else { return nil }
        if case .text = node.value { return compile(node) }
        guard node.isDirective else {
            problems.add(
                node,
                "\(directive.rawValue) takes a text or a directive, found \(node.kindName)")
            return nil
        }
        return compile(node)
    }

    /// One of the words of a closed list; `nil` after a problem.
    mutating func word<Word: RawRepresentable<String> & CaseIterable>(
        _ node: ConfigurationNode?, _ name: String
    ) -> Word? {
        guard let node else { return nil }
        let words = Word.allCases.map(\.rawValue)
        if let text = node.scalarText, let word = Word(rawValue: text) { return word }
        problems.add(
            node, "\(name) is one of \(words.joined(separator: ", "))",
            suggestion: node.scalarText.flatMap { NearestName.of($0, among: words) })
        return nil
    }

    /// True or false; `standard` when the key is absent, `nil` after a problem.
    mutating func flag(
        _ node: ConfigurationNode?, _ name: String, standard: Bool
    ) -> Bool? {
        guard let node else { return standard }
        if case .boolean(let flag) = node.value { return flag }
        problems.add(node, "\(name) takes true or false, found \(node.kindName)")
        return nil
    }
}

extension ConfigurationNode {
    /// Whether this is a group with a key that begins with `@`.
    var isDirective: Bool { members?.contains { $0.name.hasPrefix("@") } == true }
}

extension Mapping {
    /// A value that no event changes.
    static func constant(_ value: FieldValue) -> Mapping {
        Mapping(source: value, rule: .constant(value))
    }

    /// The mapping as the only operand of a directive.
    func wrapped(
        in directive: Directive, _ rule: (MappingRule) -> MappingRule = { $0 }
    ) -> Mapping {
        Mapping(source: .object([directive.rawValue: source]), rule: rule(self.rule))
    }

    /// A directive with several keys.
    static func directive(
        _ directive: Directive, _ options: [String: FieldValue], _ rule: MappingRule
    ) -> Mapping {
        Mapping(source: .object([directive.rawValue: .object(options)]), rule: rule)
    }
}

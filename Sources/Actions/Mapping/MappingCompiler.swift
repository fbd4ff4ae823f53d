import Events
import Records

/// Compiles mappings from configuration, collecting every problem with its place.
struct MappingCompiler {
    /// The directives that exist, for messages.
    static let directives = ["@path", "@template", "@literal", "@if", "@case"]
    /// Directives of the mapping kit that this version does not have yet.
    static let laterDirectives = [
        "@arrayPath", "@replace", "@merge", "@transform", "@flatten", "@json", "@excludeWhenNull",
        "@liquid",
    ]

    var problems = ProblemList()

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
        switch member.name {
        case "@path": return path(member.value)
        case "@template": return template(member.value)
        case "@literal":
            return compile(member.value, readsShorthand: false)?.wrapped(in: "@literal")
        case "@if": return condition(member.value)
        case "@case": return letterCase(member.value)
        default:
            addUnknown(member)
            return nil
        }
    }

    private mutating func addUnknown(_ member: ConfigurationMember) {
        let exist = "there are " + Self.directives.joined(separator: ", ")
        if Self.laterDirectives.contains(member.name) {
            problems.add(
                member.namePlace, "the directive \(member.name) is not available yet; \(exist)")
        } else {
            problems.add(
                member.namePlace, "there is no directive \(member.name); \(exist)",
                suggestion: NearestName.of(member.name, among: Self.directives))
        }
    }

    private mutating func path(_ node: ConfigurationNode) -> Mapping? {
        guard case .text(let text) = node.value else {
            return made(node, by: "@path") { .madePath($0) }
        }
        return path(text, node)
    }

    private mutating func path(_ text: String, _ node: ConfigurationNode) -> Mapping? {
        do throws(PathError) {
            let rule = MappingRule.path(try PathText.parse(text))
            return Mapping(source: .object(["@path": .text(text)]), rule: rule)
        } catch {
            problems.add(node, "\"\(text)\" is not a path: \(error.message)")
            return nil
        }
    }

    private mutating func template(_ node: ConfigurationNode) -> Mapping? {
        guard case .text(let text) = node.value else {
            return made(node, by: "@template") { .madeTemplate($0) }
        }
        do throws(PathError) {
            let rule = MappingRule.template(try TemplateText(text))
            return Mapping(source: .object(["@template": .text(text)]), rule: rule)
        } catch {
            problems.add(node, "the template cannot be read: \(error.message)")
            return nil
        }
    }

    /// `@path` and `@template` whose text another directive makes from the event.
    private mutating func made(
        _ node: ConfigurationNode, by name: String, _ rule: (MappingRule) -> MappingRule
    ) -> Mapping? {
        guard node.members?.contains(where: { $0.name.hasPrefix("@") }) == true else {
            problems.add(node, "\(name) takes a text or a directive, found \(node.kindName)")
            return nil
        }
        guard let maker = compile(node) else { return nil }
        return Mapping(source: .object([name: maker.source]), rule: rule(maker.rule))
    }

    private mutating func letterCase(_ node: ConfigurationNode) -> Mapping? {
        let keys = ["operator", "value"]
        guard let options = options(node, of: "@case", allowed: keys, required: keys),
            let operation = options["operator"], let operand = options["value"]
        else { return nil }
        let names = LetterCase.allCases.map(\.rawValue)
        guard let name = operation.scalarText, let letterCase = LetterCase(rawValue: name) else {
            problems.add(operation, "@case knows the operators \(names.joined(separator: ", "))")
            return nil
        }
        guard let value = compile(operand) else { return nil }
        return Mapping(
            source: .object(["@case": .object(["operator": .text(name), "value": value.source])]),
            rule: .letterCase(letterCase, value.rule))
    }

    private mutating func condition(_ node: ConfigurationNode) -> Mapping? {
        let questions = MappingCondition.Question.allCases.map(\.rawValue)
        let allowed = questions + ["then", "else"]
        guard let options = options(node, of: "@if", allowed: allowed, required: []) else {
            return nil
        }
        let asked = MappingCondition.Question.allCases.filter { options[$0.rawValue] != nil }
        guard asked.count == 1, let question = asked.first else {
            problems.add(node, "@if takes exactly one of \(questions.joined(separator: ", "))")
            return nil
        }
        guard options["then"] != nil || options["else"] != nil else {
            problems.add(node, "@if gives nothing; add then, else or both")
            return nil
        }
        let parts = options.compactMapValues { compile($0) }
        guard parts.count == options.count, let subject = parts[question.rawValue] else {
            return nil
        }
        let rule = MappingCondition(
            question: question, subject: subject.rule, then: parts["then"]?.rule,
            otherwise: parts["else"]?.rule)
        return Mapping(
            source: .object(["@if": .object(parts.mapValues(\.source))]), rule: .condition(rule))
    }

    /// The keys of a directive that takes several; `nil` after a problem.
    private mutating func options(
        _ node: ConfigurationNode, of directive: String, allowed: [String], required: [String]
    ) -> [String: ConfigurationNode]? {
        guard let members = node.members else {
            problems.add(
                node,
                "\(directive) takes the keys \(allowed.joined(separator: ", ")), found "
                    + node.kindName)
            return nil
        }
        var isComplete = true
        for member in members where !allowed.contains(member.name) {
            problems.add(
                member.namePlace, "\(directive) has no key \"\(member.name)\"",
                suggestion: NearestName.of(member.name, among: allowed))
            isComplete = false
        }
        for name in required where !members.contains(where: { $0.name == name }) {
            problems.add(node, "\(directive) needs the key \"\(name)\"")
            isComplete = false
        }
        guard isComplete else { return nil }
        return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    }
}

extension Mapping {
    /// A value that no event changes.
    static func constant(_ value: FieldValue) -> Mapping {
        Mapping(source: value, rule: .constant(value))
    }

    fileprivate func wrapped(in directive: String) -> Mapping {
        Mapping(source: .object([directive: source]), rule: rule)
    }
}

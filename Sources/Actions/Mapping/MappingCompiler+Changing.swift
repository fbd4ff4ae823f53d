import Events
import Records

/// Directives that choose among values and change them: `@if`, `@case`, `@replace`, `@merge`,
/// `@flatten`, `@json`.
extension MappingCompiler {
    mutating func condition(_ node: ConfigurationNode) -> Mapping? {
        let questions = MappingCondition.Question.allCases
        let names = questions.map(\.rawValue)
        let allowed = names + ["then", "else"]
        guard let options = options(node, of: .condition, required: [], optional: allowed) else {
            return nil
        }
        let asked = questions.filter { options[$0.rawValue] != nil }
        guard asked.count == 1, let question = asked.first else {
            problems.add(node, "@if takes exactly one of \(names.joined(separator: ", "))")
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
        return .directive(
            .condition, parts.mapValues(\.source),
            Self.rule(question, subject, then: parts["then"], otherwise: parts["else"]))
    }

    private static func rule(
        _ question: MappingCondition.Question, _ subject: Mapping, then: Mapping?,
        otherwise: Mapping?
    ) -> MappingRule {
        // "This if it exists, else that" is what most mappings say: read the value once.
        if question == .exists, subject == then {
            return .either(subject.rule, else: otherwise?.rule)
        }
        return .condition(
            MappingCondition(
                question: question, subject: subject.rule, then: then?.rule,
                otherwise: otherwise?.rule))
    }

    mutating func letterCase(_ node: ConfigurationNode) -> Mapping? {
        guard let options = options(node, of: .letterCase, required: ["operator", "value"])
        else { return nil }
        let letterCase: LetterCase? = word(options["operator"], "@case's operator")
        let value = textual(options["value"], of: .letterCase)
        guard let letterCase, let value else { return nil }
        return .directive(
            .letterCase, ["operator": .text(letterCase.rawValue), "value": value.source],
            .letterCase(letterCase, value.rule))
    }

    // MARK: @replace

    mutating func replace(_ node: ConfigurationNode) -> Mapping? {
        let optional = ["replacement", "pattern2", "replacement2", "ignorecase", "global"]
        guard
            let options = options(
                node, of: .replace, required: ["pattern", "value"], optional: optional)
        else { return nil }
        if let lonely = options["replacement2"], options["pattern2"] == nil {
            problems.add(lonely, "replacement2 takes the place of pattern2, which is missing")
        }
        let pairs = [
            replacementPair(options, "pattern", "replacement"),
            replacementPair(options, "pattern2", "replacement2"),
        ].compactMap(\.self)
        let ignoresCase = flag(options["ignorecase"], "ignorecase", standard: false)
        let replacesAll = flag(options["global"], "global", standard: true)
        let value = textual(options["value"], of: .replace)
        let wanted = options["pattern2"] == nil ? 1 : 2
        guard pairs.count == wanted, let ignoresCase, let replacesAll, let value,
            wanted == 2 || options["replacement2"] == nil
        else { return nil }
        let replacement = TextReplacement(
            pairs: pairs, ignoresCase: ignoresCase, replacesAll: replacesAll)
        return .directive(
            .replace, replacement.options.merging(["value": value.source]) { first, _ in first },
            .replacement(replacement, value.rule))
    }

    /// `nil` when there is no pattern, or after a problem.
    private mutating func replacementPair(
        _ options: [String: ConfigurationNode], _ pattern: String, _ replacement: String
    ) -> TextReplacement.Pair? {
        guard let patternNode = options[pattern] else { return nil }
        let found = shortText(patternNode, pattern, countMin: 1)
        let placed = options[replacement].map { shortText($0, replacement, countMin: 0) } ?? ""
        guard let found, let placed else { return nil }
        return TextReplacement.Pair(pattern: found, replacement: placed)
    }

    private mutating func shortText(
        _ node: ConfigurationNode, _ name: String, countMin: Int
    ) -> String? {
        let counts = countMin...TextReplacement.charactersMax
        guard case .text(let text) = node.value, counts.contains(text.count) else {
            problems.add(
                node,
                "\(name) is a text of \(counts.lowerBound) to \(counts.upperBound) characters")
            return nil
        }
        return text
    }

    // MARK: Objects and JSON

    private enum Direction: String, CaseIterable { case left, right }

    mutating func merge(_ node: ConfigurationNode) -> Mapping? {
        guard let options = options(node, of: .merge, required: ["objects", "direction"]),
            let objects = options["objects"]
        else { return nil }
        let direction: Direction? = word(options["direction"], "@merge's direction")
        guard case .list(let items) = objects.value else {
            problems.add(objects, "@merge takes a list of objects, found \(objects.kindName)")
            return nil
        }
        let operands = items.compactMap { mergeOperand($0) }
        guard operands.count == items.count, let direction else { return nil }
        return .directive(
            .merge,
            [
                "objects": .list(operands.map(\.source)), "direction": .text(direction.rawValue),
            ], .merge(operands.map(\.rule), firstWins: direction == .left))
    }

    private mutating func mergeOperand(_ node: ConfigurationNode) -> Mapping? {
        if node.members != nil { return compile(node) }
        if case .text(let text) = node.value, text.hasPrefix("$") { return compile(node) }
        problems.add(
            node, "@merge takes groups of mappings, paths and directives, found \(node.kindName)")
        return nil
    }

    mutating func flatten(_ node: ConfigurationNode) -> Mapping? {
        guard
            let options = options(
                node, of: .flatten, required: ["value", "separator"], optional: ["omitArrays"])
        else { return nil }
        let keepsLists = flag(options["omitArrays"], "omitArrays", standard: false)
        let separator = textual(options["separator"], of: .flatten)
        let value = options["value"].flatMap { compile($0) }
        guard let keepsLists, let separator, let value else { return nil }
        return .directive(
            .flatten,
            [
                "value": value.source, "separator": separator.source,
                "omitArrays": .boolean(keepsLists),
            ], .flattened(value.rule, separator: separator.rule, keepsLists: keepsLists))
    }

    private enum JSONMode: String, CaseIterable { case encode, decode }

    mutating func json(_ node: ConfigurationNode) -> Mapping? {
        guard let options = options(node, of: .json, required: ["mode", "value"]) else {
            return nil
        }
        let mode: JSONMode? = word(options["mode"], "@json's mode")
        let value = options["value"].flatMap { compile($0) }
        guard let mode, let value else { return nil }
        return .directive(
            .json, ["mode": .text(mode.rawValue), "value": value.source],
            mode == .encode ? .encoded(value.rule) : .decoded(value.rule))
    }
}

extension TextReplacement {
    /// The directive's keys but `value`, nothing left to a default.
    fileprivate var options: [String: FieldValue] {
        var options: [String: FieldValue] = [
            "ignorecase": .boolean(ignoresCase), "global": .boolean(replacesAll),
        ]
        for (pair, suffix) in zip(pairs, ["", "2"]) {
            options["pattern" + suffix] = .text(pair.pattern)
            options["replacement" + suffix] = .text(pair.replacement)
        }
        return options
    }
}

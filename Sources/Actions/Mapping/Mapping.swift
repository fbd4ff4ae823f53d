import Events
import Records

/// How one value is made from an event: a path, a literal, or a directive of the mapping kit that
/// Segment and Customer.io share.
///
/// Compiled once from the configuration; equal when the normal forms are. Knows every
/// ``Directive``, and `$.traits.email` as shorthand for `@path`. The same event always gives the
/// same value: nothing here knows the time or chance.
package struct Mapping: Sendable, Hashable {
    /// The normal form: the mapping as JSON, shorthand spelt out, `_metadata` left out.
    package let source: FieldValue
    let rule: MappingRule

    init(source: FieldValue, rule: MappingRule) {
        self.source = source
        self.rule = rule
    }

    /// Equal normal forms mean the same rule.
    package static func == (left: Mapping, right: Mapping) -> Bool { left.source == right.source }

    /// As equality has it: by the normal form.
    package func hash(into hasher: inout Hasher) { hasher.combine(source) }

    /// The value that the event gives; `nil` when it gives none, which leaves the field alone. A
    /// null is a value.
    package func value(for event: Event) -> FieldValue? { rule.value(from: event) }
}

/// A compiled mapping.
indirect enum MappingRule: Sendable {
    case constant(FieldValue)
    /// No steps: the whole of what is read.
    case path(JSONPath)
    /// A path that another mapping makes.
    case madePath(MappingRule)
    case template(TemplateText)
    case madeTemplate(MappingRule)
    case condition(MappingCondition)
    /// The first that is neither missing nor null, and without one what the last gives: `@if` whose
    /// `exists` and `then` are the same, asked once.
    case either(MappingRule, else: MappingRule?)
    case letterCase(LetterCase, MappingRule)
    case list([MappingRule])
    case object([String: MappingRule])
    case replacement(TextReplacement, MappingRule)
    case elements(MappingRule, shape: MappingRule)
    case merge([MappingRule], firstWins: Bool)
    case transform(apply: MappingRule, mapping: MappingRule)
    case flattened(MappingRule, separator: MappingRule, keepsLists: Bool)
    case encoded(MappingRule)
    case decoded(MappingRule)
    case withoutNulls(MappingRule)
    case liquid(LiquidTemplate)
}

/// `@if`: a question about one value, and what to give for yes and for no.
struct MappingCondition: Sendable {
    enum Question: String, Sendable, CaseIterable {
        /// Neither absent nor null.
        case exists
        /// As the mapping kit has it, `blank` asks for the opposite of its name: `then` is given
        /// for a value that is neither absent, null nor "".
        case blank
        /// The boolean true and nothing else.
        case isTrue = "true"
    }

    let question: Question
    let subject: MappingRule
    let then: MappingRule?
    let otherwise: MappingRule?
}

/// `@case`: texts in one case; other values as they are.
enum LetterCase: String, Sendable, CaseIterable {
    case upper, lower
}

extension MappingRule {
    /// The value that is made of what is read; `nil` when there is none.
    func value(from input: some MappingInput) -> FieldValue? {
        switch self {
        case .constant(let value): value
        case .path(let path): input.mapped(at: path)
        case .madePath(let maker): Self.madePath(maker, input)
        case .template(let template): .text(template.text(from: input))
        case .madeTemplate(let maker): Self.madeTemplate(maker, input)
        case .condition(let condition): condition.value(from: input)
        case .either(let first, let otherwise): Self.either(first, otherwise, input)
        case .letterCase(let letterCase, let inner):
            inner.value(from: input).map(letterCase.applied)
        // A member or element for which there is nothing is left out.
        case .list(let items): .list(items.compactMap { $0.value(from: input) })
        case .object(let members): .object(members.compactMapValues { $0.value(from: input) })
        case .replacement(let replacement, let inner):
            inner.value(from: input).map(replacement.applied)
        case .elements(let list, let shape): Self.elements(list, shape, input)
        case .merge(let objects, let firstWins): Self.merged(objects, firstWins, input)
        case .transform(let apply, let mapping):
            apply.value(from: input).flatMap { mapping.value(from: $0) }
        case .flattened(let inner, let separator, let keepsLists):
            Self.flattened(inner, separator, keepsLists, input)
        case .encoded(let inner): inner.value(from: input).map { .text($0.json) }
        case .decoded(let inner): inner.value(from: input).flatMap(\.decodingJSON)
        case .withoutNulls(let inner): inner.value(from: input).flatMap(\.withoutNulls)
        case .liquid(let template): template.text(from: input).map(FieldValue.text)
        }
    }

    /// What is made and is no path gives no value: the event is at fault, not the configuration.
    private static func madePath(_ maker: MappingRule, _ input: some MappingInput) -> FieldValue? {
        // A text that is no path: no value.
        guard case .text(let text) = maker.value(from: input), let path = try? PathText.parse(text)
        else { return nil }
        return input.mapped(at: path)
    }

    /// The same for what is made and is no template.
    private static func madeTemplate(
        _ maker: MappingRule, _ input: some MappingInput
    ) -> FieldValue? {
        // A text that is no template: no value.
        guard case .text(let text) = maker.value(from: input),
            let template = try? TemplateText(text)
        else { return nil }
        return .text(template.text(from: input))
    }

    private static func either(
        _ first: MappingRule, _ otherwise: MappingRule?, _ input: some MappingInput
    ) -> FieldValue? {
        if let value = first.value(from: input), !value.isNull { return value }
        return otherwise?.value(from: input)
    }

    /// The shape of each element; a single object is a list of one. Anything else is given as it
    /// is.
    private static func elements(
        _ list: MappingRule, _ shape: MappingRule, _ input: some MappingInput
    ) -> FieldValue? {
        switch list.value(from: input) {
        case .list(let items): .list(items.compactMap { shape.value(from: $0) })
        case .object(let members):
            .list([shape.value(from: FieldValue.object(members))].compactMap(\.self))
        case let value: value
        }
    }

    /// What is no object adds nothing.
    private static func merged(
        _ objects: [MappingRule], _ firstWins: Bool, _ input: some MappingInput
    ) -> FieldValue {
        var merged: [String: FieldValue] = [:]
        for object in firstWins ? objects.reversed() : objects {
            if case .object(let members) = object {
                // A member that is written out and gives nothing takes away what was there:
                // exported mappings use this to drop members.
                for (name, member) in members { merged[name] = member.value(from: input) }
            } else if case .object(let members) = object.value(from: input) {
                merged.merge(members) { _, new in new }
            }
        }
        return .object(merged)
    }

    private static func flattened(
        _ inner: MappingRule, _ separator: MappingRule, _ keepsLists: Bool,
        _ input: some MappingInput
    ) -> FieldValue? {
        guard let value = inner.value(from: input),
            case .text(let separator) =
                separator.value(from: input)
        else { return nil }
        return value.flattened(separator: separator, keepsLists: keepsLists)
    }
}

extension MappingCondition {
    fileprivate func value(from input: some MappingInput) -> FieldValue? {
        (isYes(input) ? then : otherwise)?.value(from: input)
    }

    private func isYes(_ input: some MappingInput) -> Bool {
        if case .exists = question, case .path(let path) = subject {
            return input.isPresent(at: path)
        }
        let value = subject.value(from: input)
        return switch question {
        case .exists: value != nil && value != .null
        case .blank: value != nil && value != .null && value != .text("")
        case .isTrue: value == .boolean(true)
        }
    }
}

extension LetterCase {
    fileprivate func applied(to value: FieldValue) -> FieldValue {
        guard case .text(let text) = value else { return value }
        return .text(self == .upper ? text.uppercased() : text.lowercased())
    }
}

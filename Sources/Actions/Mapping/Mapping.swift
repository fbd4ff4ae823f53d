import Events
import Records

/// How one value is made from an event: a path, a literal, or a directive of the mapping kit that
/// Segment and Customer.io share.
///
/// Compiled once from the configuration; equal when the normal forms are. Supported: `@path`,
/// `@template`, `@literal`, `@if`, `@case`, and `$.traits.email` as shorthand for `@path`.
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
    package func value(for event: Event) -> FieldValue? { rule.value(for: event) }
}

/// A compiled mapping.
indirect enum MappingRule: Sendable {
    case constant(FieldValue)
    /// No steps: the whole event.
    case path(JSONPath)
    /// A path that another mapping makes.
    case madePath(MappingRule)
    case template(TemplateText)
    case madeTemplate(MappingRule)
    case condition(MappingCondition)
    case letterCase(LetterCase, MappingRule)
    case list([MappingRule])
    case object([String: MappingRule])
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
    func value(for event: Event) -> FieldValue? {
        switch self {
        case .constant(let value): value
        case .path(let path): event.value(at: path).map { FieldValue($0) }
        case .madePath(let maker): madePath(maker, event)
        case .template(let template): .text(template.text(for: event))
        case .madeTemplate(let maker): madeTemplate(maker, event)
        case .condition(let condition): condition.value(for: event)
        case .letterCase(let letterCase, let inner):
            inner.value(for: event).map(letterCase.applied)
        // A member or element that the event does not give is left out.
        case .list(let items): .list(items.compactMap { $0.value(for: event) })
        case .object(let members): .object(members.compactMapValues { $0.value(for: event) })
        }
    }

    /// What is made and is no path gives no value: the event is at fault, not the configuration.
    private func madePath(_ maker: MappingRule, _ event: Event) -> FieldValue? {
        guard case .text(let text) = maker.value(for: event), let path = try? PathText.parse(text)
        else { return nil }
        return event.value(at: path).map { FieldValue($0) }
    }

    /// The same for what is made and is no template.
    private func madeTemplate(_ maker: MappingRule, _ event: Event) -> FieldValue? {
        guard case .text(let text) = maker.value(for: event),
            let template = try? TemplateText(text)
        else { return nil }
        return .text(template.text(for: event))
    }
}

extension MappingCondition {
    fileprivate func value(for event: Event) -> FieldValue? {
        let value = subject.value(for: event)
        let isYes =
            switch question {
            case .exists: value != nil && value != .null
            case .blank: value != nil && value != .null && value != .text("")
            case .isTrue: value == .boolean(true)
            }
        return (isYes ? then : otherwise)?.value(for: event)
    }
}

extension LetterCase {
    fileprivate func applied(to value: FieldValue) -> FieldValue {
        guard case .text(let text) = value else { return value }
        return .text(self == .upper ? text.uppercased() : text.lowercased())
    }
}

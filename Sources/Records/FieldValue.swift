/// A value of one Salesforce field, or a mapped value on its way to become one.
///
/// The shape is JSON's, because that is what events carry and what Salesforce answers. Numbers keep
/// their digits (``DecimalNumber``): no value ever passes through binary floating point.
/// Dates, datetimes and ids are text; ``FieldDescription/coerce(_:)`` puts them into the one form
/// in which they are compared and sent.
///
/// Texts are equal only code point by code point. Swift's own comparison calls `é` and `e` + accent
/// equal; Salesforce normalises nothing, so to it they differ, and a plan must say so.
package enum FieldValue: Sendable {
    case null
    case boolean(Bool)
    case number(DecimalNumber)
    case text(String)
    case list([FieldValue])
    /// A nested record or compound value as Salesforce returns them (`Account: {…}`, addresses).
    case object([String: FieldValue])

    package var isNull: Bool { self == .null }

    /// The text inside, when this is text.
    package var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    /// What kind of value this is, for messages; never the value itself.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .text: "text"
        case .list: "list"
        case .object: "object"
        }
    }
}

extension FieldValue: Hashable {
    package static func == (one: FieldValue, other: FieldValue) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
        case (.list(let a), .list(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .boolean(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        // String's own hash: equal for equal bytes, and for some that differ, which is allowed.
        case .text(let value): hasher.combine(value)
        case .list(let values): hasher.combine(values)
        case .object(let members): hasher.combine(members)
        }
    }
}

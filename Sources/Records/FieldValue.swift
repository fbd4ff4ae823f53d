/// A value of one Salesforce field, or a mapped value on its way to become one.
///
/// The shape is JSON's, because that is what events carry and what Salesforce answers. Numbers keep
/// their digits (``DecimalNumber``): no value ever passes through binary floating point.
/// Dates, datetimes and ids are text; ``FieldDescription/coerce(_:)`` puts them into the one form
/// in which they are compared and sent.
package enum FieldValue: Sendable, Hashable {
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

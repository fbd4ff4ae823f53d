/// A JSON value that keeps member order and the digits of numbers.
///
/// Numbers stay text because Salesforce returns decimals beyond a field's scale unrounded; a trip
/// through binary floating point before the rules have seen the digits would hide that.
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    /// One name and value of an object.
    package struct Member: Sendable, Hashable {
        /// Unescaped.
        package var name: String
        /// Any value, null included.
        package var value: JSON

        /// A member.
        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The last member called `name` (a repeated name: the last wins), nil when there is none.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The element at `index`, nil when this is no array or the index is outside it.
    package subscript(index: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text of a string, nil for anything else.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of a boolean, nil for anything else.
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The value as an integer, nil for anything but a whole number.
    package var int: Int? {
        if case .number(let digits) = self { Int(digits) } else { nil }
    }

    /// The elements of an array, nil for anything else.
    package var array: [JSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object, nil for anything else.
    package var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// Whether this is JSON null.
    package var isNull: Bool { self == .null }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(String(value)) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}

extension JSON {
    /// A whole number.
    package static func int(_ value: Int) -> JSON { .number(String(value)) }
    /// A whole number.
    package static func int(_ value: Int64) -> JSON { .number(String(value)) }
    /// An array of strings.
    package static func strings(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }

    /// The text, or JSON null for nil.
    package static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    /// A copy with one more member at the end; anything but an object is returned unchanged.
    package func adding(_ name: String, _ value: JSON) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members + [Member(name, value)])
    }
}

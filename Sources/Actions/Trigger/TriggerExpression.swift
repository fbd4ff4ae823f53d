import Events
import Records

/// What a trigger asks of an event, as a tree.
///
/// `and` and `or` hold two or more parts, and never a part of their own kind: `a and b and c` is
/// one conjunction of three.
package indirect enum TriggerExpression: Sendable, Hashable {
    case and([TriggerExpression])
    case or([TriggerExpression])
    case not(TriggerExpression)
    case test(JSONPath, TriggerTest)
    /// A test of what a function makes of the value at a path.
    case measured(TriggerMeasure, JSONPath, TriggerTest)
}

/// The functions of FQL that give a value ("Destination Filter Query Language", Functions).
package enum TriggerMeasure: String, Sendable, Hashable, CaseIterable {
    /// Elements of a list, bytes of a text in UTF-8; 0 for null.
    case length
    /// A text in lower case.
    case lowercase
    /// "string", "number", "list", "bool", "object" or "null".
    case typeof

    /// `nil` for what the function cannot take.
    func value(of value: JSONValue?) -> JSONValue? {
        switch (self, value ?? .null) {
        case (.length, .array(let items)): .number(String(items.count))
        case (.length, .string(let text)): .number(String(text.utf8.count))
        case (.length, .null): .number("0")
        case (.lowercase, .string(let text)): .string(text.lowercased())
        case (.length, _), (.lowercase, _): nil
        case (.typeof, .string): .string("string")
        case (.typeof, .number): .string("number")
        case (.typeof, .array): .string("list")
        case (.typeof, .boolean): .string("bool")
        case (.typeof, .object): .string("object")
        case (.typeof, .null): .string("null")
        }
    }
}

/// A value that is written out in a trigger.
package enum TriggerLiteral: Sendable, Hashable {
    case null
    case boolean(Bool)
    case number(DecimalNumber)
    case text(String)

    /// Whether the value is the same, of the same type; what is missing is null.
    func equals(_ value: JSONValue?) -> Bool {
        switch (self, value ?? .null) {
        case (.null, .null): true
        case (.boolean(let flag), .boolean(let other)): flag == other
        case (.text(let text), .string(let other)): text == other
        case (.number(let number), .number(let digits)): DecimalNumber(digits) == number
        default: false
        }
    }
}

/// One question about the value at one path. A path that the event lacks reads as null.
///
/// Strictly typed, as the reference products record it: 5 is not "5", and a test that needs a
/// number or a text is false for anything else, its negation too (`x != 5`, `!contains(x, "a")`).
/// Only ``isNotText(_:)``, ``isNotBoolean(_:)`` and ``isNotList(_:)`` are true for values of other
/// types and for null.
/// `!( … )` negates what stands inside, whatever the type.
package enum TriggerTest: Sendable, Hashable {
    case isNull
    case isPresent
    case isText(String)
    case isNotText(String)
    case isBoolean(Bool)
    case isNotBoolean(Bool)
    case number(NumberRelation, DecimalNumber)
    case contains(String)
    case lacks(String)
    case matches(Glob)
    case mismatches(Glob)
    /// `path in [ … ]`
    case isOneOf([TriggerLiteral])
    /// `literal in path`: a list that holds it.
    case includes(TriggerLiteral)
    /// `path = [ … ]`: a list of exactly these.
    case isList([TriggerLiteral])
    case isNotList([TriggerLiteral])
}

/// How a number compares with the trigger's.
package enum NumberRelation: String, Sendable, Hashable, CaseIterable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    func holds(_ left: DecimalNumber, _ right: DecimalNumber) -> Bool {
        switch self {
        case .equal: left == right
        case .unequal: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}

extension TriggerExpression {
    /// Whether the event answers yes. Stops at the first part that decides.
    func holds(for event: Event) -> Bool {
        switch self {
        case .and(let parts): parts.allSatisfy { $0.holds(for: event) }
        case .or(let parts): parts.contains { $0.holds(for: event) }
        case .not(let part): !part.holds(for: event)
        case .test(let path, let test): test.holds(for: event.value(at: path))
        case .measured(let measure, let path, let test):
            test.holds(for: measure.value(of: event.value(at: path)))
        }
    }
}

extension TriggerTest {
    /// Whether the value answers yes; `nil` is a path that the event lacks.
    func holds(for value: JSONValue?) -> Bool {
        switch self {
        case .isNull: value == nil || value == .null
        case .isPresent: value != nil && value != .null
        case .isText(let text): value == .string(text)
        case .isNotText(let text): value != .string(text)
        case .isBoolean(let flag): value == .boolean(flag)
        case .isNotBoolean(let flag): value != .boolean(flag)
        case .number(let relation, let bound): Self.number(value, relation, bound)
        case .contains(let part): Self.text(value) { $0.contains(part) }
        case .lacks(let part): Self.text(value) { !$0.contains(part) }
        case .matches(let glob): Self.text(value) { glob.matches($0) }
        case .mismatches(let glob): Self.text(value) { !glob.matches($0) }
        case .isOneOf(let literals): literals.contains { $0.equals(value) }
        case .includes(let literal): Self.items(value)?.contains { literal.equals($0) } ?? false
        case .isList(let literals): Self.isList(value, literals)
        case .isNotList(let literals): !Self.isList(value, literals)
        }
    }

    private static func items(_ value: JSONValue?) -> [JSONValue]? {
        if case .array(let items) = value { items } else { nil }
    }

    private static func isList(_ value: JSONValue?, _ literals: [TriggerLiteral]) -> Bool {
        guard let items = items(value), items.count == literals.count else { return false }
        return zip(literals, items).allSatisfy { $0.equals($1) }
    }

    private static func number(
        _ value: JSONValue?, _ relation: NumberRelation, _ bound: DecimalNumber
    ) -> Bool {
        guard case .number(let digits) = value, let number = DecimalNumber(digits) else {
            return false
        }
        return relation.holds(number, bound)
    }

    private static func text(_ value: JSONValue?, _ holds: (String) -> Bool) -> Bool {
        guard case .string(let text) = value else { return false }
        return holds(text)
    }
}

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
}

/// One question about the value at one path. A path that the event lacks reads as null.
///
/// Strictly typed, as the reference products record it: 5 is not "5", and a test that needs a
/// number or a text is false for anything else, its negation too (`x != 5`, `!contains(x, "a")`).
/// Only ``isNotText(_:)`` and ``isNotBoolean(_:)`` are true for values of other types and for null.
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
        }
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

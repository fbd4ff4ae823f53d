import Events
import Testing

/// A JSON document that a program printed.
struct Document: Sendable {
    let value: JSONValue

    init(_ text: String) throws { value = try JSONValue.parse(Array(text.utf8)) }
    init(_ value: JSONValue) { self.value = value }

    /// The value at a path such as `$.keys.parked`, `nil` when there is none.
    subscript(_ path: String) -> JSONValue? {
        JSONPath(path).flatMap { value[$0] }
    }

    func int(_ path: String) -> Int? {
        guard case .number(let digits)? = self[path] else { return nil }
        return Int(digits)
    }

    func text(_ path: String) -> String? {
        guard case .string(let text)? = self[path] else { return nil }
        return text
    }

    func bool(_ path: String) -> Bool? {
        guard case .boolean(let value)? = self[path] else { return nil }
        return value
    }

    func list(_ path: String) -> [Document] {
        guard case .array(let items)? = self[path] else { return [] }
        return items.map(Document.init)
    }
}

extension JSONValue {
    /// The type's name, as tables of shapes say it.
    var kindName: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

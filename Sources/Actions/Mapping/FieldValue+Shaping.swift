import Events
import Records

extension FieldValue {
    /// The object or list as one object of the values inside, each under the names on its way
    /// there. What is neither stays as it is.
    ///
    /// - Parameter keepsLists: lists are values, not something to go into.
    func flattened(separator: String, keepsLists: Bool) -> FieldValue {
        switch self {
        case .object: break
        case .list where !keepsLists: break
        default: return self
        }
        var members: [String: FieldValue] = [:]
        collect(into: &members, at: "", separator, keepsLists)
        return .object(members)
    }

    private func collect(
        into members: inout [String: FieldValue], at name: String, _ separator: String,
        _ keepsLists: Bool
    ) {
        let prefix = name.isEmpty ? "" : name + separator
        switch self {
        case .object(let inner):
            for (key, value) in inner {
                value.collect(into: &members, at: prefix + key, separator, keepsLists)
            }
        case .list(let items) where !keepsLists:
            for (index, value) in items.enumerated() {
                value.collect(into: &members, at: prefix + String(index), separator, keepsLists)
            }
        default: members[name] = self
        }
    }

    /// What a text says as JSON; other values as they are. `nil` for a text that is no JSON: the
    /// event is at fault, and gives no value.
    var decodingJSON: FieldValue? {
        guard case .text(let text) = self else { return self }
        // What is no JSON is no value.
        return (try? JSONValue.parse(Array(text.utf8), limits: EventLimits())).map {
            FieldValue($0)
        }
    }

    /// Without members that are null, at any depth; `nil` for null. The elements of a list stay
    /// where they are.
    var withoutNulls: FieldValue? {
        switch self {
        case .null: nil
        case .object(let members): .object(members.compactMapValues(\.withoutNulls))
        case .list(let items): .list(items.map { $0.withoutNulls ?? .null })
        case .boolean, .number, .text: self
        }
    }
}

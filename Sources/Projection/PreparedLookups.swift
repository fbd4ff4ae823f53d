import Actions
import Records

/// The lookups among an action's fields, with the parents' fields found once.
struct PreparedLookups: Sendable {
    private enum Lookup: Sendable {
        case finds(object: String, field: FieldDescription, missing: MissingParent)
        /// It cannot work, whatever an event brings: why.
        case faulty(String)
    }

    /// By index into the action's fields.
    private let lookups: [Int: Lookup]

    init(_ action: Action, _ entry: ConfigurationEntry) {
        let description = entry.description(of: action.object)
        var lookups: [Int: Lookup] = [:]
        for (index, mapped) in action.fields.enumerated() {
            guard let lookup = mapped.lookup, let reference = description?.field(mapped.field)
            else { continue }
            do throws(ActionLookup.Fault) {
                let parent = try lookup.resolved(from: reference) { entry.description(of: $0) }
                lookups[index] = .finds(
                    object: parent.object, field: parent.field, missing: lookup.missing)
            } catch {
                lookups[index] = .faulty("\(reference.name) \(error.message)")
            }
        }
        self.lookups = lookups
    }

    /// What a mapped value says of the field; `nil` when the field is no lookup. A null or blank
    /// value names no parent: it empties the field.
    func content(
        of index: Int, value: FieldValue, reference: FieldDescription
    ) -> FieldState.Content? {
        switch lookups[index] {
        case nil: return nil
        case .faulty(let reason):
            return .invalid(InvalidValue(code: "INVALID_FIELD", detail: reason))
        case .finds(let object, let field, let missing):
            do throws(CoercionError) {
                let typed = try field.coerce(value)
                if typed.isNull { return .value(.null) }
                guard let form = field.matchForm(typed) else {
                    return Self.invalid(
                        .invalidValue,
                        "\(reference.name): a \(value.kindName) finds no \(object) by its "
                            + field.name)
                }
                return .parent(
                    ParentReference(
                        object: object, field: field.name, value: typed, form: form,
                        missing: missing))
            } catch {
                return Self.invalid(error.code, "\(reference.name), the parent's \(error)")
            }
        }
    }

    private static func invalid(
        _ code: CoercionError.Code, _ detail: String
    ) -> FieldState.Content {
        .invalid(InvalidValue(code: code.rawValue, detail: detail))
    }
}

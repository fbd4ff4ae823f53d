/// What administrators change: fields, objects and rights. Describe is modified from then on, for
/// the object concerned and for the list of objects.
extension Org {
    /// Adds or replaces an object's field.
    package func add(_ field: FieldSchema, to object: String) {
        withState { state in
            state.schema.add(field, to: object)
            state.touchSchema(object)
        }
    }

    /// Adds or replaces an object.
    package func add(_ object: ObjectSchema) {
        withState { state in
            state.schema.add(object)
            state.touchSchema(object.name)
        }
    }

    /// Removes a field with its values, as deleting a custom field does.
    package func remove(field: String, of object: String) {
        withState { state in
            state.schema.remove(field, from: object)
            state.touchSchema(object)
        }
    }

    /// Hides a field from the API user by field-level security, or shows it again.
    package func setHidden(_ isHidden: Bool, field: String, of object: String) {
        withState { state in
            var hidden = state.visibility.hiddenFields[object.lowercased()] ?? []
            if isHidden {
                hidden.insert(field.lowercased())
            } else {
                hidden.remove(field.lowercased())
            }
            state.visibility.hiddenFields[object.lowercased()] = hidden.isEmpty ? nil : hidden
            state.touchSchema(object)
        }
    }

    /// Makes a field read-only for the API user by field-level security, or writeable as before:
    /// describe says so, and writes answer `INVALID_FIELD_FOR_INSERT_UPDATE`.
    package func setReadOnly(_ isReadOnly: Bool, field: String, of object: String) {
        withState { state in
            let key = "\(object).\(field)".lowercased()
            if isReadOnly, state.lockedFields[key] == nil,
                let field = state.schema.object(object)?.field(field)
            {
                state.lockedFields[key] = field
                state.schema.add(field.readOnly(), to: object)
            } else if !isReadOnly, let field = state.lockedFields.removeValue(forKey: key) {
                state.schema.add(field, to: object)
            }
            state.touchSchema(object)
        }
    }
}

extension OrgState {
    /// Describe readers must see a change even within the second of the last one.
    mutating func touchSchema(_ object: String) {
        schemaChangedAt = max(now / 1_000 * 1_000, schemaChangedAt + 1_000)
        objectsChangedAt[object.lowercased()] = schemaChangedAt
    }

    /// When describe of `object` last changed, milliseconds since 1970 UTC, whole seconds.
    func changedAt(_ object: ObjectSchema) -> Int64 {
        objectsChangedAt[object.name.lowercased()] ?? createdAt
    }
}

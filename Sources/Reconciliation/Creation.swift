import Records

extension WorkPiece {
    /// The values of a new record: every field that is not null, null for fields that would get a
    /// default if they were left out, and the current matcher values
    /// where the field is createable, so that the next event finds the record. Sorted by name.
    ///
    /// A mapped field wins over a matcher's value, also when it is mapped to null.
    ///
    /// - Throws: ``Refusal`` for the first field, by name, that would be refused, or for required
    ///   fields without a value: Salesforce would answer `REQUIRED_FIELD_MISSING`.
    func creation(_ description: ObjectDescription) throws(Refusal) -> [Change] {
        var changes: [Change] = []
        for wanted in fields {
            let (field, value) = try wanted.coerced()
            if value.isNull, !(field.needsNullOnCreate && wanted.policy != .ifEmpty) { continue }
            guard field.isCreateable else { throw .notCreateable(field.name) }
            changes.append(
                Change(
                    field: field.name, before: .null, after: value, cause: wanted.cause,
                    parent: wanted.parent))
        }
        for (field, value, cause) in carriedMatchers(description) {
            do throws(CoercionError) {
                let sent = try field.coerce(value)
                guard !sent.isNull else { continue }
                changes.append(Change(field: field.name, before: .null, after: sent, cause: cause))
            } catch {
                throw .unfitValue(error)
            }
        }
        let given = Set(changes.filter { !$0.after.isNull }.map(\.field))
        let missing = description.fields.filter {
            $0.isRequiredOnCreate && !given.contains($0.name)
        }
        guard missing.isEmpty else { throw .requiredMissing(missing.map(\.name)) }
        return changes.sorted { $0.field < $1.field }
    }

    /// The record that ``creation(_:)`` would make, whether or not Salesforce would take it: for
    /// finding keys that would match it.
    func image(_ description: ObjectDescription) -> [String: FieldValue] {
        var image: [String: FieldValue] = [:]
        for wanted in fields {
            image[wanted.name] = wanted.value
            // A path over the same reference finds the record by its parent's field.
            if let parent = wanted.parent, let relationship = wanted.field?.relationshipName {
                image["\(relationship).\(parent.field)"] = parent.value
            }
        }
        for (field, value, _) in carriedMatchers(description) { image[field.name] = value }
        return image
    }

    /// The matcher values that no mapped field stands in for, each field once: of several keys'
    /// values the one of the key asked for last.
    private func carriedMatchers(
        _ description: ObjectDescription
    ) -> [(field: FieldDescription, value: FieldValue, cause: Cause)] {
        var taken = Set(fields.map(\.name))
        var carried: [(field: FieldDescription, value: FieldValue, cause: Cause)] = []
        // Only keys that ask for the record; sorted() keeps equal causes in key order.
        let asking = states.filter { $0.presence == .exists }
            .sorted { $0.presenceCause.isLater(than: $1.presenceCause) }
        for state in asking {
            for matcher in state.matchers.carried {
                // A path or an Id is not in describe's createable fields, and is not carried.
                guard let field = description.field(matcher.field), field.isCreateable,
                    taken.insert(field.name).inserted
                else { continue }
                carried.append((field, matcher.value, state.presenceCause))
            }
        }
        return carried
    }

    /// The unique external id through which the create is sent as an upsert, so that sending it
    /// twice makes one record.
    ///
    /// Only a field that alone finds the record serves: an `and` of several conditions found
    /// nothing though a record with this id may exist, and the upsert would overwrite that one. The
    /// value sent must be the one that was looked for, for the same reason.
    func upsertField(_ changes: [Change], _ description: ObjectDescription) -> String? {
        var names: Set<String> = []
        for state in states where state.presence == .exists {
            if case .all(let values) = state.matchers, values.count > 1 { continue }
            for matcher in state.matchers.carried {
                guard let field = description.field(matcher.field), field.isUniqueExternalID,
                    let change = changes.first(where: { $0.field == field.name }),
                    let sent = field.matchForm(change.after),
                    let sought = field.matchForm(matcher.value),
                    sent.utf8.elementsEqual(sought.utf8)
                else { continue }
                names.insert(field.name)
            }
        }
        return names.min()
    }
}

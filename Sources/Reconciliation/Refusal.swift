import Records

/// Why nothing can be sent for a key, found from describe before a call is spent.
///
/// State left: nothing was sent, Salesforce is as it was. ``Refusal/message`` says what to do.
enum Refusal: Error, Hashable {
    /// A matcher field is not in describe: misspelt, or hidden from this user.
    case unknownMatcher(String)
    /// A matcher field was not in what the query returned for some record.
    case unreadMatcher(String)
    /// No matcher has a value, or an `and` lacks one.
    case noMatcherValue
    /// A desired field is not in describe.
    case unknownField(String)
    /// A desired field was not in what the query returned for the record.
    case unreadField(String)
    /// The value does not fit the field as it is described now.
    case unfitValue(CoercionError)
    /// The field differs and this user may not update it.
    case notUpdateable(String)
    /// The field has a value and cannot be set on create.
    case notCreateable(String)
    /// The field would be emptied and must not be.
    case notNillable(String)
    /// These fields must have a value on create.
    case requiredMissing([String])
    /// The object allows no such operation to this user.
    case objectRefuses(String, Operation.Kind)
    /// The record that the field is to point to has no definite id.
    case noParent(String, ParentObstacle)

    /// The field whose mapping is to blame, when it is one key's own.
    var field: String? {
        switch self {
        case .unknownField(let name), .unreadField(let name), .notUpdateable(let name),
            .notCreateable(let name), .notNillable(let name), .noParent(let name, _):
            name
        case .unfitValue(let error): error.field
        case .unknownMatcher, .unreadMatcher, .noMatcherValue, .requiredMissing, .objectRefuses:
            nil
        }
    }

    /// What, the names, the remedy; no values.
    var message: String {
        switch self {
        case .unknownMatcher(let name):
            "matcher field \(name) does not exist or is hidden from this user; "
                + "correct the name or grant read access"
        case .unreadMatcher(let name):
            "matcher field \(name) was not returned for every record; grant read access to it"
        case .noMatcherValue:
            "a record matcher has no value, so no record can be found; check the matchers' mapping"
        case .unknownField(let name):
            "field \(name) does not exist or is hidden from this user; "
                + "correct the name or grant access"
        case .unreadField(let name):
            "field \(name) was not returned for the record, so it cannot be compared; "
                + "grant read access to it"
        case .unfitValue(let error): "\(error)"
        case .notUpdateable(let name):
            "field \(name) differs and cannot be updated by this user; "
                + "grant edit access or write it on create only"
        case .notCreateable(let name):
            "field \(name) cannot be set on create; grant edit access or remove its mapping"
        case .notNillable(let name):
            "field \(name) cannot be emptied; map a value or ignore null"
        case .requiredMissing(let names):
            "a new record needs \(names.joined(separator: ", ")); map a value to each"
        case .objectRefuses(let object, let kind):
            "this user may not \(kind.rawValue) \(object) records; grant the permission"
        case .noParent(_, let obstacle): obstacle.message
        }
    }

    /// The lookup that gave no id, if that is why.
    var obstacle: ParentObstacle? {
        if case .noParent(_, let obstacle) = self { return obstacle }
        return nil
    }
}

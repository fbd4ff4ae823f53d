/// What Tidemark must be allowed to do with one object, as the enabled actions say.
package struct ObjectNeed: Sendable, Hashable {
    package let object: String
    package internal(set) var creates = false
    package internal(set) var edits = false
    package internal(set) var deletes = false
    /// Whether records are found by their values: one that is not seen would be made again.
    package internal(set) var matches = false
    /// Fields that are read only; names as the actions write them.
    package internal(set) var readFields: Set<String> = []
    /// Fields that are written, and read.
    package internal(set) var editFields: Set<String> = []

    init(object: String) { self.object = object }

    /// Of all actions that are enabled, sorted by object.
    package static func all(of actions: [Action]) -> [ObjectNeed] {
        var needs = Needs()
        for action in actions where action.isEnabled { needs.add(action) }
        return needs.byName.values.sorted { $0.object < $1.object }
    }
}

/// The needs by object, while they are added up.
private struct Needs {
    /// By lower-cased name: actions may write a name in any case.
    var byName: [String: ObjectNeed] = [:]

    mutating func add(_ action: Action) {
        let (creates, updates) = (
            [.create, .upsert].contains(action.operation),
            [.update, .upsert].contains(action.operation)
        )
        change(action.object) { need in
            need.creates = need.creates || creates
            need.edits = need.edits || updates
            need.deletes = need.deletes || action.operation == .delete
            need.matches = need.matches || action.operation != .create
        }
        for field in action.fields { add(field, of: action) }
        for matcher in action.matchers {
            if let parent = Self.parent(of: matcher.field) {
                // A parent that is not seen reads as none, and the record is not found by it.
                change(parent.object) { $0.matches = true }
                read(parent.field, of: parent.object)
            } else if creates {
                // A record that is made holds the values that it will be found by.
                write(matcher.field, of: action.object)
            } else {
                read(matcher.field, of: action.object)
            }
        }
    }

    private mutating func add(_ field: ActionField, of action: Action) {
        write(field.field, of: action.object)
        guard let lookup = field.lookup,
            let parent = lookup.object ?? Self.target(of: field.field, action.object)
        else { return }
        // A parent that is not seen is waited for in vain.
        change(parent) { $0.matches = true }
        read(lookup.field, of: parent)
    }

    /// The object that a reference field points to, where its name says so.
    private static func target(of field: String, _ object: String) -> String? {
        switch field.lowercased() {
        case "parentid": object
        case "ownerid": "User"
        case let name where name.hasSuffix("__c"): field
        case let name where name.hasSuffix("id"): String(field.dropLast(2))
        default: nil
        }
    }

    private mutating func change(_ object: String, _ change: (inout ObjectNeed) -> Void) {
        change(&byName[object.lowercased(), default: ObjectNeed(object: object)])
    }

    private mutating func write(_ field: String, of object: String) {
        change(object) { need in
            need.editFields.insert(field)
            need.readFields.remove(field)
        }
    }

    private mutating func read(_ field: String, of object: String) {
        change(object) { need in
            if !need.editFields.contains(field) { need.readFields.insert(field) }
        }
    }

    /// `Account.External_Id__c` is a field of Account. Relationships of the standard objects bear
    /// their object's name; those of custom fields end in `__r` where the object ends in `__c`, as
    /// Salesforce proposes when the field is made. The configuration does not say more.
    private static func parent(of path: String) -> (object: String, field: String)? {
        let parts = path.split(separator: ".")
        guard parts.count >= 2, let field = parts.last else { return nil }
        let relationship = String(parts[parts.count - 2])
        let object =
            relationship.hasSuffix("__r")
            ? relationship.dropLast(3) + "__c"
            : relationship == "Owner" ? "User" : relationship[...]
        return (String(object), String(field))
    }
}

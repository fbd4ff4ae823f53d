/// What the user of the API may do in an org, over all profiles and permission sets together.
package struct UserRights: Sendable, Hashable {
    /// What may be done with the records of one object.
    package struct ObjectRights: Sendable, Hashable {
        package var isReadable = false
        package var isCreateable = false
        package var isEditable = false
        package var isDeletable = false
        /// Whether sharing hides nothing.
        package var seesAllRecords = false
        package var changesAllRecords = false

        package init() {}

        /// Rights add up: each profile and permission set can only give.
        package mutating func add(_ other: ObjectRights) {
            isReadable = isReadable || other.isReadable
            isCreateable = isCreateable || other.isCreateable
            isEditable = isEditable || other.isEditable
            isDeletable = isDeletable || other.isDeletable
            seesAllRecords = seesAllRecords || other.seesAllRecords
            changesAllRecords = changesAllRecords || other.changesAllRecords
        }
    }

    /// By object name. `nil` when Salesforce does not let this user look.
    package let objects: [String: ObjectRights]?
    /// Names of rights over the whole org, as Salesforce's labels have them: `View All Data`. `nil`
    /// when Salesforce does not tell.
    package let system: Set<String>?

    package init(objects: [String: ObjectRights]?, system: Set<String>?) {
        self.objects = objects
        self.system = system
    }

    /// Whether the user sees every record of an object; `nil` when that could not be told.
    package func seesAllRecords(of object: String) -> Bool? {
        if let system, !system.isDisjoint(with: ["View All Data", "Modify All Data"]) {
            return true
        }
        guard let rights = rights(on: object) else { return objects == nil ? nil : false }
        return rights.seesAllRecords || rights.changesAllRecords
    }

    /// Names of objects are compared without regard to case, as everywhere in the API.
    package func rights(on object: String) -> ObjectRights? {
        if let exact = objects?[object] { return exact }
        let folded = object.lowercased()
        return objects?.first { $0.key.lowercased() == folded }?.value
    }
}

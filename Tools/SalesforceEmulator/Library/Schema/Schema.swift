/// All objects of the org, found by name without regard to case.
package struct Schema: Sendable {
    private var objectsByName: [String: ObjectSchema] = [:]
    private var order: [String] = []
    /// Keys of `objectsByName` by id prefix.
    private var keysByPrefix: [String: String] = [:]

    /// A schema of these objects; of two with one name the later counts.
    package init(_ objects: [ObjectSchema]) {
        for object in objects { add(object) }
    }

    /// In the order added.
    package var objects: [ObjectSchema] { order.compactMap { objectsByName[$0] } }

    /// The object called `name`, without regard to case.
    package func object(_ name: String) -> ObjectSchema? { objectsByName[name.lowercased()] }

    /// The object whose ids begin like `id`.
    func object(ofID id: String) -> ObjectSchema? {
        keysByPrefix[String(id.prefix(3))].flatMap { objectsByName[$0] }
    }

    /// Adds an object, or replaces the one of the same name.
    package mutating func add(_ object: ObjectSchema) {
        let key = object.name.lowercased()
        if objectsByName[key] == nil { order.append(key) }
        objectsByName[key] = object
        keysByPrefix[object.keyPrefix] = key
    }

    /// Removes a field of an object.
    mutating func remove(_ field: String, from object: String) {
        objectsByName[object.lowercased()]?.remove(field)
    }

    /// Adds a field to an object, or replaces it; nothing happens when the object is unknown.
    package mutating func add(_ field: FieldSchema, to object: String) {
        objectsByName[object.lowercased()]?.add(field)
    }
}

extension Schema {
    /// Standard objects with the fields of the recorded describes, plus the custom fields that
    /// mirrors of customer profiles typically have.
    package static var standard: Schema {
        Schema([
            .account, .contact, .lead, .opportunity, .case, .subscription, .user, .permissionSet,
            .permissionSetAssignment, .objectPermissions, .userPermissionAccess,
        ])
    }
}

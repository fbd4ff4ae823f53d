/// All objects of the org, found by name without regard to case.
package struct Schema: Sendable {
    private var objectsByName: [String: ObjectSchema] = [:]
    private var order: [String] = []

    package init(_ objects: [ObjectSchema]) {
        for object in objects { add(object) }
    }

    package var objects: [ObjectSchema] { order.compactMap { objectsByName[$0] } }

    package func object(_ name: String) -> ObjectSchema? { objectsByName[name.lowercased()] }

    /// The object whose ids begin like `id`.
    func object(ofID id: String) -> ObjectSchema? {
        objects.first { id.hasPrefix($0.keyPrefix) }
    }

    /// Adds an object, or replaces the one of the same name.
    package mutating func add(_ object: ObjectSchema) {
        let key = object.name.lowercased()
        if objectsByName[key] == nil { order.append(key) }
        objectsByName[key] = object
    }

    package mutating func add(_ field: FieldSchema, to object: String) {
        objectsByName[object.lowercased()]?.add(field)
    }
}

extension Schema {
    /// Standard objects with the fields of the recorded describes, plus the custom fields that
    /// mirrors of customer profiles typically have.
    package static var standard: Schema {
        Schema([.account, .contact, .lead, .opportunity, .case, .subscription, .user])
    }
}

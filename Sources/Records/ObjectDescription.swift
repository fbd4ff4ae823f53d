/// What Salesforce's describe says of one object: the fields this user may see, and what they take.
///
/// Read off `GET /sobjects/X/describe`. A field hidden by field-level security is absent here,
/// exactly as it is there. Codable, with sorted fields, so that one description has one normal form
/// in the log.
package struct ObjectDescription: Sendable, Hashable, Codable {
    package let name: String
    /// The first three characters of the object's record ids; `nil` for objects without.
    package let keyPrefix: String?
    package let isCreateable: Bool
    package let isUpdateable: Bool
    package let isDeletable: Bool
    package let isQueryable: Bool
    /// Sorted by API name.
    package let fields: [FieldDescription]

    package init(
        name: String, keyPrefix: String?, isCreateable: Bool, isUpdateable: Bool, isDeletable: Bool,
        isQueryable: Bool, fields: [FieldDescription]
    ) {
        self.name = name
        self.keyPrefix = keyPrefix
        self.isCreateable = isCreateable
        self.isUpdateable = isUpdateable
        self.isDeletable = isDeletable
        self.isQueryable = isQueryable
        self.fields = fields.sorted { $0.name < $1.name }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // Through the other initialiser: `field(_:)` relies on the order, whoever wrote the JSON.
        self.init(
            name: try container.decode(String.self, forKey: .name),
            keyPrefix: try container.decodeIfPresent(String.self, forKey: .keyPrefix),
            isCreateable: try container.decode(Bool.self, forKey: .isCreateable),
            isUpdateable: try container.decode(Bool.self, forKey: .isUpdateable),
            isDeletable: try container.decode(Bool.self, forKey: .isDeletable),
            isQueryable: try container.decode(Bool.self, forKey: .isQueryable),
            fields: try container.decode([FieldDescription].self, forKey: .fields))
    }

    /// The field with this API name. Salesforce's names are case-insensitive; so is this.
    package func field(_ name: String) -> FieldDescription? {
        var low = 0
        var high = fields.count
        while low < high {
            let middle = (low + high) / 2
            if fields[middle].name < name { low = middle + 1 } else { high = middle }
        }
        if low < fields.count, fields[low].name == name { return fields[low] }
        let folded = name.lowercased()
        return fields.first { $0.name.lowercased() == folded }
    }
}

/// One field of an object: what describe says of it, and what the write rules enforce.
///
/// Built by a factory per type and refined by modifiers, so that an object definition reads as a
/// table: `.text("LastName", "Last Name", 80).required()`.
package struct FieldSchema: Sendable, Hashable {
    package var name: String
    package var label: String
    package var type: FieldType
    /// Characters (UTF-16 units) for text, 0 for other types.
    package var length = 0
    package var precision = 0
    package var scale = 0
    package var isCreateable = true
    package var isUpdateable = true
    package var isNillable = true
    package var isDefaultedOnCreate = false
    package var isFilterable = true
    package var isExternalID = false
    package var isUnique = false
    package var isCaseSensitive = false
    package var isLookupKey = false
    package var isNameField = false
    package var isAutoNumber = false
    package var isRichText = false
    package var isRestrictedPicklist = false
    package var picklist: [String] = []
    package var defaultValue: JSON = .null
    package var referenceTo: [String] = []
    package var relationshipName: String?
    package var compoundName: String?
    package var extraTypeInfo: String?

    package var isCustom: Bool { name.hasSuffix("__c") }

    /// Salesforce asks for the field on create: createable, not nillable, without a default.
    package var isRequired: Bool { isCreateable && !isNillable && !isDefaultedOnCreate }

    private init(_ name: String, _ label: String, _ type: FieldType, length: Int = 0) {
        self.name = name
        self.label = label
        self.type = type
        self.length = length
    }

    package static func text(_ name: String, _ label: String, _ length: Int) -> FieldSchema {
        FieldSchema(name, label, .string, length: length)
    }

    /// Long text; beyond 255 characters it cannot be filtered (recorded describes agree).
    package static func area(_ name: String, _ label: String, _ length: Int = 255) -> FieldSchema {
        var field = FieldSchema(name, label, .textarea, length: length)
        field.isFilterable = length <= 255
        field.extraTypeInfo = "plaintextarea"
        return field
    }

    /// Rich text: HTML, kept with its surrounding spaces, not filterable.
    package static func rich(_ name: String, _ label: String, _ length: Int) -> FieldSchema {
        var field = area(name, label, length)
        field.isFilterable = false
        field.isRichText = true
        field.extraTypeInfo = "richtextarea"
        return field
    }

    package static func email(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .email, length: 80)
    }

    package static func phone(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .phone, length: 40)
    }

    package static func url(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .url, length: 255)
    }

    package static func picklist(
        _ name: String, _ label: String, _ values: [String], length: Int = 255
    ) -> FieldSchema {
        var field = FieldSchema(name, label, .picklist, length: length)
        field.picklist = values
        return field
    }

    package static func multipicklist(
        _ name: String, _ label: String, _ values: [String]
    ) -> FieldSchema {
        var field = FieldSchema(name, label, .multipicklist, length: 4_099)
        field.picklist = values
        field.precision = values.count
        return field
    }

    package static func checkbox(_ name: String, _ label: String) -> FieldSchema {
        var field = FieldSchema(name, label, .boolean)
        field.isNillable = false
        field.isDefaultedOnCreate = true
        field.defaultValue = false
        return field
    }

    package static func number(
        _ name: String, _ label: String, _ type: FieldType, _ precision: Int, _ scale: Int
    ) -> FieldSchema {
        var field = FieldSchema(name, label, type)
        field.precision = precision
        field.scale = scale
        return field
    }

    package static func int(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .int)
    }

    package static func date(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .date)
    }

    package static func dateTime(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .datetime)
    }

    package static func lookup(
        _ name: String, _ label: String, _ targets: [String], as relationship: String?
    ) -> FieldSchema {
        var field = FieldSchema(name, label, .reference, length: 18)
        field.referenceTo = targets
        field.relationshipName = relationship
        return field
    }

    /// A compound address: readable only, its parts are written.
    package static func address(_ name: String, _ label: String) -> FieldSchema {
        var field = FieldSchema(name, label, .address).readOnly()
        field.isFilterable = true
        return field
    }

    package static func id(_ label: String) -> FieldSchema {
        var field = FieldSchema("Id", label, .id, length: 18).readOnly().defaulted()
        field.isNillable = false
        field.isLookupKey = true
        return field
    }
}

extension FieldSchema {
    private func with(_ change: (inout FieldSchema) -> Void) -> FieldSchema {
        var copy = self
        change(&copy)
        return copy
    }

    package func required() -> FieldSchema { with { $0.isNillable = false } }
    package func defaulted(_ value: JSON = .null) -> FieldSchema {
        with {
            $0.isDefaultedOnCreate = true
            $0.defaultValue = value
        }
    }
    package func readOnly() -> FieldSchema {
        with {
            $0.isCreateable = false
            $0.isUpdateable = false
        }
    }
    package func notUpdateable() -> FieldSchema { with { $0.isUpdateable = false } }
    package func updateOnly() -> FieldSchema { with { $0.isCreateable = false } }
    package func lookupKey() -> FieldSchema { with { $0.isLookupKey = true } }
    package func unfilterable() -> FieldSchema { with { $0.isFilterable = false } }
    package func part(of compound: String) -> FieldSchema { with { $0.compoundName = compound } }
    package func named() -> FieldSchema { with { $0.isNameField = true } }
    package func extra(_ info: String) -> FieldSchema { with { $0.extraTypeInfo = info } }
    package func restricted() -> FieldSchema { with { $0.isRestrictedPicklist = true } }
    package func autoNumbered() -> FieldSchema { with { $0.isAutoNumber = true } }

    /// An external id: a key for upsert. Unique unless said otherwise; matched without regard to
    /// case unless `caseSensitive`.
    package func externalID(unique: Bool = true, caseSensitive: Bool = false) -> FieldSchema {
        with {
            $0.isExternalID = true
            $0.isLookupKey = true
            $0.isUnique = unique
            $0.isCaseSensitive = caseSensitive
        }
    }

    package func unique(caseSensitive: Bool = false) -> FieldSchema {
        with {
            $0.isUnique = true
            $0.isCaseSensitive = caseSensitive
        }
    }
}

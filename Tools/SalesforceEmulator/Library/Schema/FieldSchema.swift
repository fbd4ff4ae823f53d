/// One field of an object: what describe says of it, and what the write rules enforce.
///
/// Built by a factory per type and refined by modifiers, so that an object definition reads as a
/// table: `.text("LastName", "Last Name", 80).required()`.
package struct FieldSchema: Sendable, Hashable {
    /// API name.
    package var name: String
    /// What people and some messages call it.
    package var label: String
    /// The describe type.
    package var type: FieldType
    /// Characters (UTF-16 units) for text, 0 for other types.
    package var length = 0
    /// Digits in all, for numbers.
    package var precision = 0
    /// Digits after the point that the UI shows; the API may store more.
    package var scale = 0
    /// May stand in a create.
    package var isCreateable = true
    /// May stand in an update.
    package var isUpdateable = true
    /// May be empty.
    package var isNillable = true
    /// Gets a value when a create leaves it out.
    package var isDefaultedOnCreate = false
    /// May stand in WHERE.
    package var isFilterable = true
    /// Marked as external id.
    package var isExternalID = false
    /// Holds each value once among live records.
    package var isUnique = false
    /// Equality regards case.
    package var isCaseSensitive = false
    /// May be the key of an upsert (`idLookup`).
    package var isLookupKey = false
    /// Is the record's name.
    package var isNameField = false
    /// Numbered by the org.
    package var isAutoNumber = false
    /// Holds HTML, surrounding spaces kept.
    package var isRichText = false
    /// Refuses values outside `picklist`.
    package var isRestrictedPicklist = false
    /// Defined values in definition order.
    package var picklist: [String] = []
    /// The value of a create that leaves it out; JSON null for none.
    package var defaultValue: JSON = .null
    /// Objects a lookup may hold; several make it polymorphic.
    package var referenceTo: [String] = []
    /// The name in paths: `Account` for `AccountId`.
    package var relationshipName: String?
    /// The compound field it is a part of.
    package var compoundName: String?
    /// Describe's refinement of the type.
    package var extraTypeInfo: String?
    /// Stored in lower case: a User's username.
    package var isLowerCased = false
    /// `length` is in bytes of the escaped text: comments on cases.
    package var countsBytes = false
    /// Encrypted at rest by Shield Platform Encryption.
    package var isEncrypted = false
    /// The field that a formula repeats; such a field is calculated.
    package var formulaSource: String?

    /// Whether the org, not Salesforce, defined it.
    package var isCustom: Bool { name.hasSuffix("__c") }

    /// Salesforce asks for the field on create: createable, not nillable, without a default.
    package var isRequired: Bool { isCreateable && !isNillable && !isDefaultedOnCreate }

    private init(_ name: String, _ label: String, _ type: FieldType, length: Int = 0) {
        self.name = name
        self.label = label
        self.type = type
        self.length = length
    }

    /// Text of one line.
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

    /// An email address: 80 characters, lower-cased when stored.
    package static func email(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .email, length: 80)
    }

    /// A phone number: 40 characters, stored as given.
    package static func phone(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .phone, length: 40)
    }

    /// A URL: 255 characters, stored as given.
    package static func url(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .url, length: 255)
    }

    /// One of several values; others are accepted unless `restricted()`.
    package static func picklist(
        _ name: String, _ label: String, _ values: [String], length: Int = 255
    ) -> FieldSchema {
        var field = FieldSchema(name, label, .picklist, length: length)
        field.picklist = values
        return field
    }

    /// Several of several values.
    package static func multipicklist(
        _ name: String, _ label: String, _ values: [String]
    ) -> FieldSchema {
        var field = FieldSchema(name, label, .multipicklist, length: 4_099)
        field.picklist = values
        field.precision = values.count
        return field
    }

    /// A boolean that is never empty; false by default.
    package static func checkbox(_ name: String, _ label: String) -> FieldSchema {
        var field = FieldSchema(name, label, .boolean)
        field.isNillable = false
        field.isDefaultedOnCreate = true
        field.defaultValue = false
        return field
    }

    /// A double, currency or percent.
    package static func number(
        _ name: String, _ label: String, _ type: FieldType, _ precision: Int, _ scale: Int
    ) -> FieldSchema {
        var field = FieldSchema(name, label, type)
        field.precision = precision
        field.scale = scale
        return field
    }

    /// A whole number of up to eight digits.
    package static func int(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .int)
    }

    /// A day.
    package static func date(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .date)
    }

    /// A moment, in whole seconds.
    package static func dateTime(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .datetime)
    }

    /// A time of day, to the millisecond.
    package static func time(_ name: String, _ label: String) -> FieldSchema {
        FieldSchema(name, label, .time)
    }

    /// A picklist into which anything can be typed.
    package static func combobox(
        _ name: String, _ label: String, _ values: [String]
    ) -> FieldSchema {
        var field = FieldSchema(name, label, .combobox, length: 255)
        field.picklist = values
        return field
    }

    /// Classic encrypted text: up to 175 characters, masked to users without "View Encrypted Data",
    /// never filterable.
    package static func encrypted(_ name: String, _ label: String, _ length: Int) -> FieldSchema {
        FieldSchema(name, label, .encryptedString, length: length).unfilterable()
    }

    /// A text formula that repeats another field: calculated, so nobody writes it.
    package static func formula(
        _ name: String, _ label: String, repeating source: String
    ) -> FieldSchema {
        var field = FieldSchema(name, label, .string, length: 1_300).readOnly()
        field.formulaSource = source
        return field
    }

    /// A reference to a record of one of `targets`.
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

    /// The record's own id.
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

    /// Must not be empty.
    package func required() -> FieldSchema { with { $0.isNillable = false } }
    /// Gets `value`, or what the org decides, when left out.
    package func defaulted(_ value: JSON = .null) -> FieldSchema {
        with {
            $0.isDefaultedOnCreate = true
            $0.defaultValue = value
        }
    }
    /// Cannot be written by the API.
    package func readOnly() -> FieldSchema {
        with {
            $0.isCreateable = false
            $0.isUpdateable = false
        }
    }
    /// Can be written on create only.
    package func notUpdateable() -> FieldSchema { with { $0.isUpdateable = false } }
    /// Can be written on update only.
    package func updateOnly() -> FieldSchema { with { $0.isCreateable = false } }
    /// May be the key of an upsert.
    package func lookupKey() -> FieldSchema { with { $0.isLookupKey = true } }
    /// May not stand in WHERE.
    package func unfilterable() -> FieldSchema { with { $0.isFilterable = false } }
    /// Belongs to a compound field.
    package func part(of compound: String) -> FieldSchema { with { $0.compoundName = compound } }
    /// Is the record's name.
    package func named() -> FieldSchema { with { $0.isNameField = true } }
    /// Carries describe's `extraTypeInfo`.
    package func extra(_ info: String) -> FieldSchema { with { $0.extraTypeInfo = info } }
    /// Is stored in lower case.
    package func lowerCased() -> FieldSchema { with { $0.isLowerCased = true } }
    /// Counts its length in bytes.
    package func countedInBytes() -> FieldSchema { with { $0.countsBytes = true } }
    /// Is encrypted at rest.
    package func shielded() -> FieldSchema { with { $0.isEncrypted = true } }
    /// Refuses values outside the definition.
    package func restricted() -> FieldSchema { with { $0.isRestrictedPicklist = true } }
    /// Is numbered by the org.
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

    /// Holds each value once.
    package func unique(caseSensitive: Bool = false) -> FieldSchema {
        with {
            $0.isUnique = true
            $0.isCaseSensitive = caseSensitive
        }
    }
}

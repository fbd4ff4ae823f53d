/// What Salesforce's describe says of one object: the fields this user may see, and what they take.
///
/// Read off `GET /sobjects/X/describe`. A field hidden by field-level security is absent here, exactly
/// as it is there. Codable, with sorted fields, so that one description has one normal form in the log.
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

/// What describe says of one field. Property names follow describe's, in Swift's spelling.
package struct FieldDescription: Sendable, Hashable, Codable {
    package var name: String
    package var label: String
    package var type: FieldType
    /// Characters, for text types; zero otherwise.
    package var length: Int
    /// All digits, and digits after the point, of number types.
    package var precision: Int
    package var scale: Int
    /// All digits of `int` fields.
    package var digits: Int
    package var isNillable: Bool
    package var isCreateable: Bool
    package var isUpdateable: Bool
    package var isFilterable: Bool
    package var isExternalID: Bool
    package var isUnique: Bool
    package var isIDLookup: Bool
    package var isCaseSensitive: Bool
    package var isCalculated: Bool
    package var isAutoNumber: Bool
    package var isDefaultedOnCreate: Bool
    /// Rich text: stored as HTML.
    package var isHTMLFormatted: Bool
    package var isRestrictedPicklist: Bool
    /// API names of the active values, in definition order.
    package var picklistValues: [String]
    /// Objects a reference may point to.
    package var referenceTo: [String]
    /// The name that reads the referenced record in a query (`Account` for `AccountId`).
    package var relationshipName: String?

    package init(
        name: String, label: String? = nil, type: FieldType, length: Int = 0, precision: Int = 0,
        scale: Int = 0, digits: Int = 0, isNillable: Bool = true, isCreateable: Bool = true,
        isUpdateable: Bool = true, isFilterable: Bool = true, isExternalID: Bool = false,
        isUnique: Bool = false, isIDLookup: Bool = false, isCaseSensitive: Bool = false,
        isCalculated: Bool = false, isAutoNumber: Bool = false, isDefaultedOnCreate: Bool = false,
        isHTMLFormatted: Bool = false, isRestrictedPicklist: Bool = false,
        picklistValues: [String] = [], referenceTo: [String] = [], relationshipName: String? = nil
    ) {
        self.name = name
        self.label = label ?? name
        self.type = type
        self.length = length
        self.precision = precision
        self.scale = scale
        self.digits = digits
        self.isNillable = isNillable
        self.isCreateable = isCreateable
        self.isUpdateable = isUpdateable
        self.isFilterable = isFilterable
        self.isExternalID = isExternalID
        self.isUnique = isUnique
        self.isIDLookup = isIDLookup
        self.isCaseSensitive = isCaseSensitive
        self.isCalculated = isCalculated
        self.isAutoNumber = isAutoNumber
        self.isDefaultedOnCreate = isDefaultedOnCreate
        self.isHTMLFormatted = isHTMLFormatted
        self.isRestrictedPicklist = isRestrictedPicklist
        self.picklistValues = picklistValues
        self.referenceTo = referenceTo
        self.relationshipName = relationshipName
    }

    /// Salesforce refuses a create without a value: describe's own rule.
    package var isRequiredOnCreate: Bool { isCreateable && !isNillable && !isDefaultedOnCreate }

    /// An upsert keyed by this field can never make two records.
    package var isUniqueExternalID: Bool { isExternalID && isUnique }
}

/// The field types of describe. A type this version does not know reads as ``anyType``.
package enum FieldType: String, Sendable, Hashable, Codable {
    case id, string, textarea, picklist, multipicklist, combobox, reference, boolean, int, long,
        double
    case currency, percent, date, datetime, time, email, phone, url, address, location
    case encryptedString = "encryptedstring"
    case base64, anyType
    case complexValue = "complexvalue"
}

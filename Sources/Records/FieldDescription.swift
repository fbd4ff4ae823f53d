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
    /// Describe's `encrypted`; absent from the log where it is false.
    private var encrypted: Bool?
    /// The name that reads the referenced record in a query (`Account` for `AccountId`).
    package var relationshipName: String?

    package init(
        name: String, label: String? = nil, type: FieldType, length: Int = 0, precision: Int = 0,
        scale: Int = 0, digits: Int = 0, isNillable: Bool = true, isCreateable: Bool = true,
        isUpdateable: Bool = true, isFilterable: Bool = true, isExternalID: Bool = false,
        isUnique: Bool = false, isIDLookup: Bool = false, isCaseSensitive: Bool = false,
        isCalculated: Bool = false, isAutoNumber: Bool = false, isDefaultedOnCreate: Bool = false,
        isHTMLFormatted: Bool = false, isRestrictedPicklist: Bool = false,
        picklistValues: [String] = [], referenceTo: [String] = [],
        relationshipName: String? = nil, isEncrypted: Bool = false
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
        encrypted = isEncrypted ? true : nil
    }

    /// Encrypted at rest by Shield Platform Encryption. Classic encrypted text is a type.
    package var isEncrypted: Bool { encrypted ?? false }

    /// Stored in lower case: email addresses, and the username of a User.
    package var isLowerCased: Bool { type == .email || (type == .string && name == "Username") }

    /// Text of more than one line. A line end in any other field is a space.
    var isMultiline: Bool { type == .textarea }

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

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = FieldType(describeName: try container.decode(String.self))
    }

    /// The type of this name in describe; ``anyType`` for one that this version does not know.
    package init(describeName: String) {
        self = FieldType(rawValue: describeName) ?? .anyType
    }
}

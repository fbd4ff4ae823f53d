/// One sObject: its fields, key prefix and labels.
package struct ObjectSchema: Sendable, Hashable {
    /// API name.
    package let name: String
    /// What people call one record.
    package let label: String
    /// What people call several.
    package let labelPlural: String
    /// The first three characters of every id of the object.
    package let keyPrefix: String
    /// Whether records of it can be merged.
    package let isMergeable: Bool
    /// Fields in the order describe lists them.
    package private(set) var fields: [FieldSchema]

    /// Those of the fields that every save asks for: walking all of them for each record would be
    /// most of what a save costs.
    private(set) var roles = FieldRoles([])

    /// Positions in `fields` by lower-cased name: field names are not case-sensitive in the API.
    private var positions: [String: Int] = [:]
    private var relationships: [String: Int] = [:]

    /// An object; of two fields with one name the later counts.
    package init(
        name: String, label: String, labelPlural: String, keyPrefix: String,
        isMergeable: Bool = false, fields: [FieldSchema]
    ) {
        self.name = name
        self.label = label
        self.labelPlural = labelPlural
        self.keyPrefix = keyPrefix
        self.isMergeable = isMergeable
        self.fields = []
        for field in fields { place(field) }
        roles = FieldRoles(self.fields)
    }

    /// Whether the org, not Salesforce, defined it.
    package var isCustom: Bool { name.hasSuffix("__c") }

    /// Adds a field, or replaces the one of the same name.
    package mutating func add(_ field: FieldSchema) {
        place(field)
        roles = FieldRoles(fields)
    }

    private mutating func place(_ field: FieldSchema) {
        if let position = positions[field.name.lowercased()] {
            fields[position] = field
        } else {
            positions[field.name.lowercased()] = fields.count
            fields.append(field)
        }
        if let relationship = field.relationshipName {
            relationships[relationship.lowercased()] = positions[field.name.lowercased()]
        }
    }

    /// Removes a field; nothing happens when there is none of that name.
    package mutating func remove(_ name: String) {
        guard field(name) != nil else { return }
        let left = fields.filter { $0.name.lowercased() != name.lowercased() }
        fields = []
        positions = [:]
        relationships = [:]
        for field in left { place(field) }
        roles = FieldRoles(fields)
    }

    /// The field called `name`, without regard to case.
    package func field(_ name: String) -> FieldSchema? {
        // Clients nearly always write the exact name: try it before folding.
        if let position = positions[name.lowercased()] { return fields[position] }
        return nil
    }

    /// The lookup field behind a relationship name: `Account` gives `AccountId`.
    package func lookup(relationship: String) -> FieldSchema? {
        relationships[relationship.lowercased()].map { fields[$0] }
    }
}

/// Fields of an object by what a save does with them, in describe order.
struct FieldRoles: Sendable, Hashable {
    let required: [FieldSchema]
    let defaulted: [FieldSchema]
    let unique: [FieldSchema]
    /// Formulas, which repeat another field.
    let repeating: [FieldSchema]
    let autoNumber: FieldSchema?
    /// What the names of an address's parts begin with, for addresses that have codes.
    let codedAddresses: [String]

    init(_ fields: [FieldSchema]) {
        required = fields.filter(\.isRequired)
        defaulted = fields.filter(\.isDefaultedOnCreate)
        unique = fields.filter(\.isUnique)
        repeating = fields.filter { $0.formulaSource != nil }
        autoNumber = fields.first(where: \.isAutoNumber)
        let code = "CountryCode"
        codedAddresses = fields.map(\.name).filter { $0.hasSuffix(code) }
            .map { String($0.dropLast(code.count)) }
    }
}

extension ObjectSchema {
    /// Fields that every object begins with.
    static func head(_ label: String) -> [FieldSchema] {
        [.id("\(label) ID"), .checkbox("IsDeleted", "Deleted").readOnly()]
    }

    /// Owner and audit fields; `owners` is polymorphic for Lead and Case.
    static func tail(owners: [String] = ["User"]) -> [FieldSchema] {
        [
            .lookup("OwnerId", "Owner ID", owners, as: "Owner").required().defaulted(),
            .dateTime("CreatedDate", "Created Date").required().readOnly().defaulted(),
            .lookup("CreatedById", "Created By ID", ["User"], as: "CreatedBy").required()
                .readOnly().defaulted(),
            .dateTime("LastModifiedDate", "Last Modified Date").required().readOnly().defaulted(),
            .lookup("LastModifiedById", "Last Modified By ID", ["User"], as: "LastModifiedBy")
                .required().readOnly().defaulted(),
            .dateTime("SystemModstamp", "System Modstamp").required().readOnly().defaulted(),
        ]
    }

    /// The six parts of an address and the compound they form, as recorded describes list them.
    static func address(_ prefix: String) -> [FieldSchema] {
        let label = prefix.isEmpty ? "" : "\(prefix) "
        let parts: [FieldSchema] = [
            .area("\(prefix)Street", "\(label)Street"),
            .text("\(prefix)City", "\(label)City", 40),
            .text("\(prefix)State", "\(label)State/Province", 80),
            .text("\(prefix)PostalCode", "\(label)Zip/Postal Code", 20),
            .text("\(prefix)Country", "\(label)Country", 80),
            .number("\(prefix)Latitude", "\(label)Latitude", .double, 18, 15),
            .number("\(prefix)Longitude", "\(label)Longitude", .double, 18, 15),
            .picklist(
                "\(prefix)GeocodeAccuracy", "\(label)Geocode Accuracy",
                [
                    "Address", "NearAddress", "Block", "Street", "ExtendedZip", "Zip",
                    "Neighborhood", "City", "County", "State", "Unknown",
                ], length: 40
            ).restricted(),
        ]
        return parts.map { $0.part(of: "\(prefix)Address") }
            + [.address("\(prefix)Address", "\(label)Address")]
    }
}

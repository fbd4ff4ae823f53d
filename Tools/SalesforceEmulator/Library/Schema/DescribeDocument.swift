/// Describe answers: every key that recorded describes carry, in their (alphabetical) order.
///
/// Source: REST API Developer Guide, "sObject Describe" and "Describe Global".
enum DescribeDocument {
    /// `GET /sobjects/X/describe`, without the fields that field-level security hides.
    static func describe(_ object: ObjectSchema, fields: [FieldSchema], version: String) -> JSON {
        summary(object, version: version)
            .adding("childRelationships", [])
            .adding("fields", .array(fields.map(field)))
            .adding("recordTypeInfos", [masterRecordType])
    }

    /// One row of `GET /sobjects`.
    static func summary(_ object: ObjectSchema, version: String) -> JSON {
        let isUser = object.name == "User"
        let path = "/services/data/\(version)/sobjects/\(object.name)"
        return [
            "activateable": false, "createable": .bool(!isUser), "custom": .bool(object.isCustom),
            "customSetting": false, "deletable": .bool(!isUser), "deprecatedAndHidden": false,
            "feedEnabled": true, "hasSubtypes": false, "isSubtype": false,
            "keyPrefix": .string(object.keyPrefix), "label": .string(object.label),
            "labelPlural": .string(object.labelPlural), "layoutable": true,
            "mergeable": .bool(object.isMergeable), "mruEnabled": true,
            "name": .string(object.name), "queryable": true, "replicateable": true,
            "retrieveable": true, "searchable": true, "triggerable": true,
            "undeletable": .bool(!isUser), "updateable": .bool(!isUser),
            "urls": [
                "describe": .string(path + "/describe"),
                "rowTemplate": .string(path + "/{ID}"), "sobject": .string(path),
            ],
        ]
    }

    private static let masterRecordType: JSON = [
        "active": true, "available": true, "defaultRecordTypeMapping": true,
        "developerName": "Master", "master": true, "name": "Master",
        "recordTypeId": "012000000000000AAA",
    ]

    static func field(_ field: FieldSchema) -> JSON {
        .object(identityMembers(field) + behaviourMembers(field) + typeMembers(field))
    }

    private static func identityMembers(_ field: FieldSchema) -> [JSON.Member] {
        members([
            "aggregatable": .bool(field.isFilterable && field.type != .boolean),
            "aiPredictionField": false, "autoNumber": .bool(field.isAutoNumber),
            "byteLength": .int(byteLength(field)), "calculated": .bool(field.formulaSource != nil),
            "calculatedFormula": .optional(field.formulaSource), "cascadeDelete": false,
            "caseSensitive": .bool(field.isCaseSensitive),
            "compoundFieldName": .optional(field.compoundName), "controllerName": nil,
            "createable": .bool(field.isCreateable), "custom": .bool(field.isCustom),
            "defaultValue": field.defaultValue, "defaultValueFormula": nil,
            "defaultedOnCreate": .bool(field.isDefaultedOnCreate), "dependentPicklist": false,
            "deprecatedAndHidden": false, "digits": .int(field.type == .int ? 8 : 0),
            "displayLocationInDecimal": false, "encrypted": .bool(field.isEncrypted),
            "externalId": .bool(field.isExternalID),
            "extraTypeInfo": .optional(field.extraTypeInfo),
        ])
    }

    private static func behaviourMembers(_ field: FieldSchema) -> [JSON.Member] {
        members([
            "filterable": .bool(field.isFilterable), "filteredLookupInfo": nil,
            "formulaTreatNullNumberAsZero": false, "groupable": .bool(isGroupable(field)),
            "highScaleNumber": false, "htmlFormatted": .bool(field.isRichText),
            "idLookup": .bool(field.isLookupKey), "inlineHelpText": nil,
            "label": .string(field.label), "length": .int(field.length),
            "mask": field.type == .encryptedString ? "asterisk" : nil,
            "maskType": field.type == .encryptedString ? "all" : nil, "name": .string(field.name),
            "nameField": .bool(field.isNameField),
            "namePointing": .bool(field.referenceTo.count > 1),
            "nillable": .bool(field.isNillable),
            "permissionable": .bool(field.isCreateable && field.isNillable),
        ])
    }

    private static func typeMembers(_ field: FieldSchema) -> [JSON.Member] {
        members([
            "picklistValues": .array(field.picklist.map { picklistValue($0, of: field) }),
            "polymorphicForeignKey": .bool(field.referenceTo.count > 1),
            "precision": .int(field.precision), "queryByDistance": false,
            "referenceTargetField": nil, "referenceTo": .strings(field.referenceTo),
            "relationshipName": .optional(field.relationshipName), "relationshipOrder": nil,
            "restrictedDelete": false, "restrictedPicklist": .bool(field.isRestrictedPicklist),
            "scale": .int(field.scale), "searchPrefilterable": .bool(field.type == .reference),
            "soapType": .string(field.type.soapType),
            "sortable": .bool(isSortable(field)), "type": .string(field.type.rawValue),
            "unique": .bool(field.isUnique), "updateable": .bool(field.isUpdateable),
            "writeRequiresMasterRead": false,
        ])
    }

    private static func members(_ object: JSON) -> [JSON.Member] { object.members ?? [] }

    private static func picklistValue(_ value: String, of field: FieldSchema) -> JSON {
        [
            "active": true, "defaultValue": .bool(field.defaultValue == .string(value)),
            "label": .string(value), "validFor": nil, "value": .string(value),
        ]
    }

    /// Three bytes a character, except ids and multi-select picklists (recorded describes).
    private static func byteLength(_ field: FieldSchema) -> Int {
        switch field.type {
        case .id, .reference, .multipicklist: field.length
        default: field.type.isText ? field.length * 3 : 0
        }
    }

    private static func isGroupable(_ field: FieldSchema) -> Bool {
        switch field.type {
        case .double, .currency, .percent, .datetime, .address, .multipicklist: false
        default: field.isFilterable && !field.isAutoNumber
        }
    }

    private static func isSortable(_ field: FieldSchema) -> Bool {
        switch field.type {
        case .address, .multipicklist: false
        default: field.isFilterable
        }
    }
}

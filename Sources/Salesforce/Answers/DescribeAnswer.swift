import Records

extension ObjectDescription {
    /// Reads `GET /sobjects/X/describe` (REST API Developer Guide, "sObject Describe").
    ///
    /// Members that older API versions lack read as false, zero or empty; rights that are not told
    /// read as granted, because refusing on our own what Salesforce would take helps nobody. A
    /// field type of a later version reads as `anyType`: it can then be read but is never matched
    /// or compared by type.
    ///
    /// - Throws: ``SalesforceError/unreadableAnswer(_:status:reason:)`` when the name, the fields,
    ///   or a field's name or type are missing.
    init(describeAnswer body: FieldValue) throws(SalesforceError) {
        guard let name = body["name"]?.text, APIName.isName(name),
            let items = body["fields"]?.listValue
        else {
            throw .unreadableAnswer(.read, status: 200, reason: "describe lacks name or fields")
        }
        var fields: [FieldDescription] = []
        fields.reserveCapacity(items.count)
        for item in items { fields.append(try FieldDescription(describeAnswer: item)) }
        self.init(
            name: name, keyPrefix: body["keyPrefix"]?.text,
            isCreateable: body.flag("createable", whenAbsent: true),
            isUpdateable: body.flag("updateable", whenAbsent: true),
            isDeletable: body.flag("deletable", whenAbsent: true),
            isQueryable: body.flag("queryable", whenAbsent: true),
            fields: fields)
    }
}

extension FieldDescription {
    fileprivate init(describeAnswer item: FieldValue) throws(SalesforceError) {
        guard let name = item["name"]?.text, APIName.isName(name), let type = item["type"]?.text
        else {
            throw .unreadableAnswer(
                .read, status: 200, reason: "a field of describe lacks name or type")
        }
        self.init(
            name: name, label: item["label"]?.text, type: FieldType(rawValue: type) ?? .anyType,
            length: item.count("length"), precision: item.count("precision"),
            scale: item.count("scale"), digits: item.count("digits"),
            isNillable: item.flag("nillable", whenAbsent: true),
            isCreateable: item.flag("createable", whenAbsent: true),
            isUpdateable: item.flag("updateable", whenAbsent: true),
            isFilterable: item.flag("filterable", whenAbsent: true),
            isExternalID: item.flag("externalId"), isUnique: item.flag("unique"),
            isIDLookup: item.flag("idLookup"), isCaseSensitive: item.flag("caseSensitive"),
            isCalculated: item.flag("calculated"), isAutoNumber: item.flag("autoNumber"),
            isDefaultedOnCreate: item.flag("defaultedOnCreate"),
            isHTMLFormatted: item.flag("htmlFormatted"),
            isRestrictedPicklist: item.flag("restrictedPicklist"),
            picklistValues: Self.activeValues(item["picklistValues"]),
            referenceTo: item["referenceTo"]?.listValue?.compactMap(\.text) ?? [],
            relationshipName: item["relationshipName"]?.text,
            isEncrypted: item.flag("encrypted"))
    }

    /// Definition order is kept: multi-selects are stored in it.
    private static func activeValues(_ values: FieldValue?) -> [String] {
        (values?.listValue ?? []).compactMap { value in
            value["active"]?.booleanValue == false ? nil : value["value"]?.text
        }
    }
}

extension FieldValue {
    fileprivate func flag(_ name: String, whenAbsent absent: Bool = false) -> Bool {
        self[name]?.booleanValue ?? absent
    }

    fileprivate func count(_ name: String) -> Int { self[name]?.integerValue ?? 0 }
}

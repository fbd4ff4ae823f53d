/// State and country/territory picklists: text and code of an address are derived from each other.
///
/// Source: Salesforce Help, "State and Country/Territory Picklists"; messages as documented for
/// `FIELD_INTEGRITY_EXCEPTION`.
enum AddressRules {
    /// A country with its states, as a new org defines some of them.
    struct Country: Sendable {
        let name: String
        let code: String
        let states: [(name: String, code: String)]
    }

    static let countries = [
        Country(name: "Germany", code: "DE", states: []),
        Country(
            name: "United States", code: "US",
            states: [("California", "CA"), ("New York", "NY"), ("Texas", "TX")]),
        Country(name: "Italy", code: "IT", states: [("Roma", "RM"), ("Milano", "MI")]),
    ]

    /// Completes each address of `record` of which something was written.
    static func complete(
        _ record: inout StoredRecord, _ object: ObjectSchema, written: Set<String>
    ) throws(Refusal) {
        for prefix in object.roles.codedAddresses {
            let parts = ["Country", "CountryCode", "State", "StateCode"].map { prefix + $0 }
            guard !written.isDisjoint(with: parts) else { continue }
            try complete(&record, object, prefix, written)
        }
    }

    private static func complete(
        _ record: inout StoredRecord, _ object: ObjectSchema, _ prefix: String,
        _ written: Set<String>
    ) throws(Refusal) {
        let country = try given(
            record, prefix + "Country", written, among: countries.map { ($0.name, $0.code) },
            object, what: "country")
        record.values[prefix + "Country"] = country.map { .text($0.name) }
        record.values[prefix + "CountryCode"] = country.map { .text($0.code) }
        let states = countries.first { $0.code == country?.code }?.states ?? []
        let hasState =
            record.text(prefix + "State") != nil || record.text(prefix + "StateCode") != nil
        if hasState, country == nil {
            throw Refusal(
                "FIELD_INTEGRITY_EXCEPTION",
                "A country/territory must be specified before specifying a state value for field: "
                    + (object.field(prefix + "State")?.label ?? prefix + "State"),
                fields: [prefix + "State"])
        }
        let state = try given(
            record, prefix + "State", written, among: states, object, what: "state")
        record.values[prefix + "State"] = state.map { .text($0.name) }
        record.values[prefix + "StateCode"] = state.map { .text($0.code) }
    }

    /// The definition that the text or the code names; the one that was written counts.
    private static func given(
        _ record: StoredRecord, _ name: String, _ written: Set<String>,
        among known: [(name: String, code: String)], _ object: ObjectSchema, what: String
    ) throws(Refusal) -> (name: String, code: String)? {
        let isByText = written.contains(name) || !written.contains(name + "Code")
        guard let text = record.text(isByText ? name : name + "Code") else { return nil }
        let folded = FoldedText(text)
        if let found = known.first(where: {
            FoldedText($0.name) == folded || FoldedText($0.code) == folded
        }) {
            return found
        }
        throw Refusal(
            "FIELD_INTEGRITY_EXCEPTION",
            "There's a problem with this \(what), even though it may appear correct. Please select "
                + "a \(what)/territory from the list of valid \(what)s.: "
                + (object.field(name)?.label ?? name), fields: [name])
    }
}

extension Schema {
    /// With the code fields that state and country/territory picklists add to every address.
    func addingAddressCodes() -> Schema {
        var schema = self
        for object in objects {
            for field in object.fields where field.name.hasSuffix("Country") && !field.isCustom {
                let prefix = String(field.name.dropLast("Country".count))
                let codes = AddressRules.countries.map(\.code)
                let states = AddressRules.countries.flatMap(\.states).map(\.code)
                schema.add(
                    .picklist(field.name + "Code", field.label + " Code", codes, length: 10)
                        .restricted().part(of: prefix + "Address"), to: object.name)
                schema.add(
                    .picklist(
                        prefix + "StateCode", field.label + " State Code", states, length: 10
                    ).restricted().part(of: prefix + "Address"), to: object.name)
            }
        }
        return schema
    }
}

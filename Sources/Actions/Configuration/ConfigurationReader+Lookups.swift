import Records

extension ConfigurationReader {
    /// `lookup:` in a field: which record the field points to.
    mutating func lookup(
        _ node: ConfigurationNode, of name: String
    ) -> (lookup: ActionLookup, mapping: Mapping)? {
        let keys = group(node, "the lookup of \(name)", keys: ConfigurationKeys.lookup)
        var object: String?
        if let given = keys["object"] {
            object = text(given, "a lookup's object")
            if let object { checkName(object, given, "an object's API name, such as Account") }
        }
        let field = requiredText(keys["field"], "a lookup's field", in: node.place)
        checkName(field, keys["field"], "a field's API name, such as External_Id__c")
        let missing: MissingParent = choice(keys["missing"], "a lookup's missing") ?? .wait
        guard let value = keys["value"] else {
            problems.add(
                node,
                "the lookup of \(name) needs a value that finds the parent, such as "
                    + "$.traits.account")
            return nil
        }
        return compile(value).map {
            (ActionLookup(object: object, field: field, missing: missing), $0)
        }
    }
}

/// Actions as the recorded configuration writes them. Trait names are short, so that tables stay
/// narrow: `email`, `ext`, `first`, `last`, `score`.
enum TestActions {
    static let fields =
        "\"FirstName\":\"$.properties.first\",\"LastName\":\"$.properties.last\""
    static let email = "\"Email\":\"$.properties.email\""
    static let either = "\"Email\":\"$.properties.email\",\"External_Id__c\":\"$.properties.ext\""

    static func action(
        _ name: String, on event: String = "Updated", _ operation: String = "upsert",
        object: String = "Contact", matchers: String = email, fields: String = fields,
        more: String = ""
    ) -> String {
        """
        {"name":"\(name)","object":"\(object)","trigger":"event = \\"\(event)\\"",\
        "operation":"\(operation)","matchers":{\(matchers)},"fields":{\(fields)}\
        \(more.isEmpty ? "" : "," + more)}
        """
    }

    static let upsert = action("upsert")
    static let delete = action(
        "delete", on: "Deleted", "delete", fields: "", more: "\"from\":\"start\"")
    static let upsertAndDelete = upsert + "," + delete
    static let update = action("update", on: "Seen", "update")
    static let create = action(
        "create", on: "Ordered", "create", matchers: "", more: "\"from\":\"start\"")
    static let or = action("or", matchers: either)
    static let and = action("and", matchers: either, more: "\"matchersOperator\":\"and\"")
    /// Everything at once, for the property tests.
    static let all = [or, delete, update].joined(separator: ",")
}

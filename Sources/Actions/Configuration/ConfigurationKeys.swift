/// The keys that a configuration may have, group by group: what is not here is reported as unknown.
/// `docs/configuration.md` explains each, which a test sees to.
enum ConfigurationKeys {
    static let root = ["data", "ingest", "dashboard", "salesforce", "actions"]
    static let ingest = ["listen", "sources", "limits", "allowedOrigins"]
    static let source = ["name", "writeKey"]
    static let dashboard = ["listen"]
    static let salesforce = [
        "name", "enabled", "sandbox", "loginUrl", "apiVersion", "auth", "budget", "inDoubtFence",
        "deletes", "brake", "latency", "objects",
    ]
    static let auth = [
        "flow", "clientId", "clientSecret", "username", "privateKey", "grantKey", "callbackPort",
    ]
    static let budget = ["share"]
    static let brake = ["count", "share"]
    static let object = ["assignmentRules", "duplicateRules", "converted"]
    static let action = [
        "name", "object", "trigger", "operation", "matchers", "matchersOperator", "fields", "null",
        "sources", "from", "order", "enabled", "preset", "without", "destination",
        ConfigurationReader.customFields,
    ]
    static let field = ["value", "lookup", "write", "null"]
    static let lookup = ["object", "field", "value", "missing"]

    /// Every group, and where it stands; items of lists and fields of any name count as one.
    static let groups: [(path: String, keys: [String])] = [
        ("", root), ("ingest", ingest), ("ingest.sources", source),
        ("ingest.limits", DoorLimits.keys), ("dashboard", dashboard), ("salesforce", salesforce),
        ("salesforce.auth", auth), ("salesforce.budget", budget), ("salesforce.brake", brake),
        ("salesforce.objects", object),
        ("actions", action), ("actions.fields", field), ("actions.fields.lookup", lookup),
    ]
}

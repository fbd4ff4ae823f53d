extension Preset {
    /// The preset as an action of a commented configuration: what it says stands there to be
    /// changed, behind `#`.
    var template: String {
        let lines = ["# " + action.summary, "- preset: \(rawValue)"] + own.map { "  " + $0 }
        return (lines + written.map { "  # " + $0 }).map { "  \($0)\n" }.joined()
    }

    static let heading = "The preset says the following; take a \"# \" away to change a line."

    /// What the preset leaves to the action.
    private var own: [String] {
        guard self == .custom else { return [] }
        return [
            "name: Subscriptions",
            "object: Subscription__c        # your object's API name",
            "trigger: type = \"track\" and properties.subscription_id != null",
            "operation: upsert",
            "matchers:",
            "  External_Id__c: $.properties.subscription_id",
            "fields:",
            "  Plan__c: $.properties.plan",
        ]
    }

    /// The keys as they would be written out; none where ``own`` gives them.
    private var written: [String] {
        let action = action
        guard self != .custom else { return [] }
        var lines = [Self.heading, "name: \(action.name)"]
        if let object = action.object { lines.append("object: \(object)") }
        lines += ["trigger: \(action.trigger)", "operation: \(action.operation.rawValue)"]
        if !action.matchers.isEmpty {
            lines += ["matchers:"] + action.matchers.map { "  " + $0.written }
        }
        return lines + ["fields:"] + action.fields.map { "  " + $0.written }
    }
}

extension PresetField {
    fileprivate var written: String {
        switch source {
        case .path(let path): "\(name): \(path)"
        case .traitOrProperty(let member):
            "\(name): { \"@if\": { exists: $.traits.\(member), then: $.traits.\(member), "
                + "else: $.properties.\(member) } }"
        }
    }
}

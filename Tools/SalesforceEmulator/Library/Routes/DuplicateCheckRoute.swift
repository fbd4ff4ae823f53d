extension OrgState {
    /// `POST /ui-api/predupe`: what the duplicate rules would find, without saving (User Interface
    /// API Developer Guide, "Check for Duplicate Records", "Duplicates", "Match").
    mutating func duplicateCheck(_ call: RoutedCall) throws(Refusal) -> APIResponse {
        let body = try body(call.request)
        guard let name = body["apiName"]?.string else {
            throw Refusal("MISSING_ARGUMENT", "apiName is required")
        }
        let object = try object(name)
        var rules: [JSON] = []
        var matches: [JSON] = []
        var allowsSave = true
        for rule in duplicateRules where rule.object.lowercased() == object.name.lowercased() {
            let ids = self.matches(of: nil, object, rule) { body["fields"]?[$0]?.string }
            guard !ids.isEmpty else { continue }
            rules.append(.string(rule.name))
            allowsSave = allowsSave && rule.action == .alert
            let info: JSON = [
                "allowSave": .bool(rule.action == .alert),
                "matchResultInfo": ["matchRule": .string(rule.matchingRule)],
                "rule": .string(rule.name),
            ]
            matches.append([
                "duplicateResultInfos": .object([JSON.Member(rule.name, info)]),
                "objectApiName": .string(object.name),
                "recordIds": .array(ids.map(JSON.string)),
            ])
        }
        return APIResponse(
            200,
            .json([
                "allowSave": .bool(allowsSave), "duplicateError": .bool(!matches.isEmpty),
                "duplicateRules": .array(rules), "matches": .array(matches),
            ]))
    }
}

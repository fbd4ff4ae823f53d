/// Values of the environment that take the place of the file's.
///
/// The rule: `TIDEMARK_`, then the key's path in capitals, with `_` for each dot and before each
/// capital letter. `salesforce.loginUrl` is `TIDEMARK_SALESFORCE_LOGIN_URL`. Only scalars outside
/// lists can be overridden; paths stay relative to the file. An empty variable counts as not set.
enum EnvironmentOverrides {
    static let prefix = "TIDEMARK_"

    /// Every key that can be overridden.
    static let keyPaths = [
        "data", "ingest.listen", "dashboard.listen", "salesforce.name", "salesforce.enabled",
        "salesforce.sandbox",
        "salesforce.loginUrl", "salesforce.apiVersion", "salesforce.auth.flow",
        "salesforce.auth.clientId", "salesforce.auth.clientSecret", "salesforce.auth.username",
        "salesforce.auth.privateKey", "salesforce.auth.grantKey", "salesforce.auth.callbackPort",
        "salesforce.budget.share", "salesforce.inDoubtFence",
        "salesforce.deletes", "salesforce.brake.count", "salesforce.brake.share",
        "salesforce.latency",
        "ingest.limits.eventsPerSecondMax", "ingest.limits.requestBytesMax",
        "ingest.limits.eventBytesMax", "ingest.limits.connectionsMax",
    ]

    /// The variable that overrides a key.
    static func variable(for keyPath: String) -> String {
        prefix
            + keyPath.reduce(into: "") { name, character in
                if character == "." {
                    name += "_"
                } else {
                    name += character.isUppercase ? "_\(character)" : character.uppercased()
                }
            }
    }

    /// The tree with every override that `environment` holds in its place.
    static func applied(
        _ environment: [String: String], to root: ConfigurationNode
    ) -> ConfigurationNode {
        keyPaths.reduce(into: root) { root, keyPath in
            let variable = variable(for: keyPath)
            guard let text = environment[variable], !text.isEmpty else { return }
            let place = SourcePlace(variable: variable)
            let value = ConfigurationNode(value: .text(text), place: place)
            root.set(keyPath.split(separator: ".").map(String.init)[...], to: value)
        }
    }

    /// A misspelt variable would be ignored without a word: names near a known one are pointed out.
    static func warnings(_ environment: [String: String]) -> ProblemList {
        let known = keyPaths.map(variable)
        var warnings = ProblemList()
        for name in environment.keys.sorted() where name.hasPrefix(prefix) && !known.contains(name)
        {
            guard let nearest = NearestName.of(name, among: known) else { continue }
            warnings.add(
                SourcePlace(variable: name), "no key has this variable", suggestion: nearest)
        }
        return warnings
    }
}

extension ConfigurationNode {
    /// Puts a value at a path of keys, making groups on the way. Something else than a group on the
    /// way stays, and is reported as what it is when the group is read.
    fileprivate mutating func set(_ path: ArraySlice<String>, to value: ConfigurationNode) {
        guard let name = path.first else {
            self = value
            return
        }
        var members: [ConfigurationMember]
        switch self.value {
        case .object(let existing): members = existing
        case .empty: members = []
        default: return
        }
        if !members.contains(where: { $0.name == name }) {
            let empty = ConfigurationNode(value: .empty, place: value.place)
            members.append(ConfigurationMember(name: name, namePlace: value.place, value: empty))
        }
        for index in members.indices where members[index].name == name {
            members[index].value.set(path.dropFirst(), to: value)
        }
        self.value = .object(members)
    }
}

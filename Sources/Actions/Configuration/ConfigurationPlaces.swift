/// Where the parts of the actions stand in a configuration's text: for what is found out only
/// later, when the actions are compared with what Salesforce describes.
struct ConfigurationPlaces {
    private let actions: [ConfigurationNode]

    /// - Parameter yaml: a text that was understood before; a broken one has no places.
    init(yaml: String) {
        var found: [ConfigurationNode] = []
        do throws(YAMLFailure) {
            let root = try YAMLDocument.parse(yaml)
            if case .list(let nodes)? = root.member("actions")?.value.value { found = nodes }
        } catch {
            // Whoever reads the configuration has reported it; without places the check still
            // works.
            found = []
        }
        actions = found
    }

    /// The place of a value directly in an action, such as `object`.
    func place(action: Int, key: String) -> SourcePlace {
        node(action)?.member(key)?.value.place ?? node(action)?.place ?? .none
    }

    /// The place of a name within a part of an action, such as the field `Email` in `matchers`.
    func place(action: Int, part: String, name: String) -> SourcePlace {
        node(action)?.member(part)?.value.member(name)?.namePlace
            ?? place(action: action, key: part)
    }

    private func node(_ action: Int) -> ConfigurationNode? {
        actions.indices.contains(action) ? actions[action] : nil
    }
}

extension ConfigurationNode {
    fileprivate func member(_ name: String) -> ConfigurationMember? {
        members?.first { $0.name == name }
    }
}

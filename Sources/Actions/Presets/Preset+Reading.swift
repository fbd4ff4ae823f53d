extension ConfigurationReader {
    /// The action's group with what its preset says added; as it is without a preset, `nil` after a
    /// problem.
    ///
    /// Fields are added one by one: an action changes, adds or leaves out single fields of its
    /// preset. Matchers are not: an action that gives some means these and no others.
    mutating func withPreset(_ node: ConfigurationNode) -> ConfigurationNode? {
        guard let given = node.members else { return node }
        guard let chosen = given.first(where: { $0.name == "preset" })?.value else {
            if let without = given.first(where: { $0.name == "without" }) {
                problems.add(
                    without.namePlace, "without leaves out fields of a preset, and there is none")
            }
            return node
        }
        guard let preset: Preset = choice(chosen, "an action's preset") else { return nil }
        var members = given.filter { $0.name != "preset" && $0.name != "without" }
        let left = leftOut(given, of: preset)
        let standard = preset.action.members(at: chosen.place, without: left)
        for member in standard where !isOut(member.name, given) {
            guard let index = members.firstIndex(where: { $0.name == member.name }) else {
                members.append(member)
                continue
            }
            if member.name == "fields" { members[index].value.addFields(member.value) }
        }
        return ConfigurationNode(value: .object(members), place: node.place)
    }

    /// What the operation has no place for: an action that changes the operation alone should not
    /// have to undo the rest.
    private func isOut(_ key: String, _ given: [ConfigurationMember]) -> Bool {
        switch given.first(where: { $0.name == "operation" })?.value.scalarText {
        case "create": key == "matchers"
        case "delete": key == "fields"
        default: false
        }
    }

    private mutating func leftOut(
        _ given: [ConfigurationMember], of preset: Preset
    ) -> Set<String> {
        let node = given.first { $0.name == "without" }?.value
        let names = preset.action.fields.map(\.name)
        var left: Set<String> = []
        for item in list(node, "without") {
            guard let name = text(item, "a field of without") else { continue }
            if names.contains(where: { $0.lowercased() == name.lowercased() }) {
                left.insert(name.lowercased())
            } else {
                problems.add(
                    item, "the preset \(preset.rawValue) has no field \(name) to leave out",
                    suggestion: NearestName.of(name, among: names))
            }
        }
        return left
    }
}

extension ConfigurationNode {
    /// Adds the fields of a preset that are not there, and to those without a value of their own
    /// the preset's.
    fileprivate mutating func addFields(_ standard: ConfigurationNode) {
        if value == .empty { value = .object([]) }
        guard var fields = members else { return }
        for field in standard.members ?? [] {
            let same = fields.firstIndex { $0.name.lowercased() == field.name.lowercased() }
            guard let index = same else {
                fields.append(field)
                continue
            }
            guard let settings = fields[index].value.members, !fields[index].value.isDirective,
                !settings.contains(where: { $0.name == "value" || $0.name == "lookup" })
            else { continue }
            let value = ConfigurationMember(
                name: "value", namePlace: field.namePlace, value: field.value)
            fields[index].value.value = .object(settings + [value])
        }
        value = .object(fields)
    }
}

extension PresetAction {
    /// The keys as they would stand in the file, all at one place of it.
    fileprivate func members(
        at place: SourcePlace, without left: Set<String>
    ) -> [ConfigurationMember] {
        func member(_ name: String, _ value: ConfigurationNode.Value) -> ConfigurationMember {
            ConfigurationMember(
                name: name, namePlace: place, value: ConfigurationNode(value: value, place: place))
        }
        func group(_ name: String, _ fields: [PresetField]) -> ConfigurationMember {
            member(name, .object(fields.map { member($0.name, $0.source.value(at: place)) }))
        }
        var members = [
            member("name", .text(name)), member("trigger", .text(trigger)),
            member("operation", .text(operation.rawValue)),
        ]
        if let object { members.append(member("object", .text(object))) }
        if !matchers.isEmpty { members.append(group("matchers", matchers)) }
        let kept = fields.filter { !left.contains($0.name.lowercased()) }
        if !kept.isEmpty { members.append(group("fields", kept)) }
        return members
    }
}

extension PresetField.Source {
    fileprivate func value(at place: SourcePlace) -> ConfigurationNode.Value {
        func text(_ text: String) -> ConfigurationNode {
            ConfigurationNode(value: .text(text), place: place)
        }
        func group(_ members: [(String, ConfigurationNode)]) -> ConfigurationNode {
            let members = members.map {
                ConfigurationMember(name: $0.0, namePlace: place, value: $0.1)
            }
            return ConfigurationNode(value: .object(members), place: place)
        }
        switch self {
        case .path(let path): return .text(path)
        case .traitOrProperty(let name):
            let options = group([
                ("exists", text("$.traits.\(name)")), ("then", text("$.traits.\(name)")),
                ("else", text("$.properties.\(name)")),
            ])
            return group([(Directive.condition.rawValue, options)]).value
        }
    }
}

import Records

extension ConfigurationReader {
    /// `salesforce.objects`: a group by object.
    mutating func objects(_ node: ConfigurationNode?) -> [String: ObjectConfiguration] {
        guard let node, node.value != .empty else { return [:] }
        guard let members = node.members else {
            problems.add(
                node, "salesforce.objects takes a group of objects, found \(node.kindName)")
            return [:]
        }
        var objects: [String: ObjectConfiguration] = [:]
        for member in members {
            let name = ConfigurationNode(value: .text(member.name), place: member.namePlace)
            checkName(member.name, name, "an object's API name, such as Lead")
            let object = object(member)
            if objects.updateValue(object, forKey: member.name.lowercased()) != nil {
                problems.add(
                    member.namePlace,
                    "salesforce.objects has \"\(member.name)\" twice; upper and lower case are "
                        + "the same to Salesforce")
            }
            objectPlaces[member.name] = member.namePlace
        }
        return objects
    }

    private mutating func object(_ member: ConfigurationMember) -> ObjectConfiguration {
        let path = "salesforce.objects.\(member.name)"
        let keys = group(member.value, path, keys: ConfigurationKeys.object)
        if let converted = keys["converted"], member.name.lowercased() != "lead" {
            problems.add(converted, "\(path).converted: only leads are converted; remove it")
        }
        return ObjectConfiguration(
            object: member.name,
            assignmentRules: flag(keys["assignmentRules"], "\(path).assignmentRules") ?? false,
            duplicateRules: choice(keys["duplicateRules"], "\(path).duplicateRules") ?? .enforce,
            converted: choice(keys["converted"], "\(path).converted") ?? .park)
    }

    /// Says which objects no action writes.
    mutating func warn(ofObjectsBeside actions: [Action]) {
        let used = actions.map(\.object)
        for (name, place) in objectPlaces.sorted(by: { $0.key < $1.key })
        where !used.contains(where: { $0.lowercased() == name.lowercased() }) {
            warnings.add(
                place, "no action writes \(name), which salesforce.objects is about",
                suggestion: NearestName.of(name, among: used))
        }
    }
}

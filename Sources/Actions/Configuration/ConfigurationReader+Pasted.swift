extension ConfigurationReader {
    /// Where the editors of the reference products put a directive that the whole mapping goes
    /// through.
    static let rootDirective = "__segment_internal_directive"
    /// Where they put the fields that are not Salesforce's own.
    static let customFields = "customFields"

    /// The members of a pasted group of mappings as they are written here: a directive round all of
    /// them is put round each.
    ///
    /// Known from Segment's mapping kit: the directive is a `@transform` whose `apply` the other
    /// members read from; a `mapping` in it stands for further members.
    mutating func unwrapped(_ members: [ConfigurationMember]) -> [ConfigurationMember] {
        guard let wrapper = members.first(where: { $0.name == Self.rootDirective }) else {
            return members
        }
        let transform = wrapper.value.members.flatMap { $0.count == 1 ? $0[0] : nil }
        let parts = transform?.name == Directive.transform.rawValue ? transform?.value.members : nil
        guard let parts, let apply = parts.first(where: { $0.name == "apply" })?.value,
            parts.allSatisfy({ ["apply", "mapping"].contains($0.name) })
        else {
            problems.add(
                wrapper.namePlace,
                "\(Self.rootDirective) is understood as { \"@transform\": { apply: … } } only; "
                    + "write the directive in each field instead")
            return members.filter { $0.name != Self.rootDirective }
        }
        let inner = parts.first { $0.name == "mapping" }?.value
        if let inner, inner.members == nil || inner.isDirective {
            problems.add(
                inner,
                "which fields this makes is not known before there is an event; list each field "
                    + "with its mapping")
        }
        let further = inner?.isDirective == true ? [] : inner?.members ?? []
        return (members.filter { $0.name != Self.rootDirective } + further)
            .map { $0.transformed(by: apply) }
    }

    /// The fields of a pasted group, `customFields` among them, each by itself.
    mutating func withCustomFields(
        _ members: [ConfigurationMember], and node: ConfigurationNode?
    ) -> [ConfigurationMember] {
        let nested = members.first { $0.name == Self.customFields }?.value
        return members.filter { $0.name != Self.customFields }
            + [nested, node].compactMap(\.self).flatMap { custom($0) }
    }

    private mutating func custom(_ node: ConfigurationNode) -> [ConfigurationMember] {
        guard node.value != .empty else { return [] }
        guard let members = node.members, !node.isDirective else {
            problems.add(
                node,
                "\(Self.customFields) takes a group of fields: which ones a path or directive "
                    + "makes is not known before there is an event; list each one under fields, "
                    + "such as Plan__c: $.traits.plan")
            return []
        }
        return members
    }
}

extension ConfigurationMember {
    /// The member with `apply` made first, for its mapping to read from.
    fileprivate func transformed(by apply: ConfigurationNode) -> ConfigurationMember {
        var member = self
        if name == ConfigurationReader.customFields, let nested = value.members, !value.isDirective
        {
            member.value.value = .object(nested.map { $0.transformed(by: apply) })
            return member
        }
        if let settings = value.members, !value.isDirective,
            let index = settings.firstIndex(where: { $0.name == "value" })
        {
            // Written here, not pasted: the mapping is one of the field's keys.
            var settings = settings
            settings[index] = settings[index].transformed(by: apply)
            member.value.value = .object(settings)
            return member
        }
        func key(_ name: String, _ value: ConfigurationNode) -> ConfigurationMember {
            ConfigurationMember(name: name, namePlace: namePlace, value: value)
        }
        let parts = ConfigurationNode(
            value: .object([key("apply", apply), key("mapping", value)]), place: value.place)
        member.value = ConfigurationNode(
            value: .object([key(Directive.transform.rawValue, parts)]), place: value.place)
        return member
    }
}

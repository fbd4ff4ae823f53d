import Events

extension ConfigurationReader {
    /// The actions of a list, in its order.
    mutating func actions(_ node: ConfigurationNode?) -> [Action] {
        var names: Set<String> = []
        return list(node, "actions").compactMap { item in
            guard let action = action(item) else { return nil }
            if !action.name.isEmpty, !names.insert(action.name).inserted {
                let name = item.members?.first { $0.name == "name" }?.value ?? item
                problems.add(name, "two actions are named \"\(action.name)\"; rename one")
            }
            return action
        }
    }

    private mutating func action(_ node: ConfigurationNode) -> Action? {
        guard let node = withPreset(node) else { return nil }
        let keys = group(node, "an action", keys: ConfigurationKeys.action)
        let place = node.place
        let operation = requiredOperation(keys["operation"], in: place)
        let standard: NullPolicy = choice(keys["null"], "an action's null") ?? .clear
        let name = requiredText(keys["name"], "an action's name", in: place)
        let object = requiredText(keys["object"], "an action's object", in: place)
        checkName(object, keys["object"], "an object's API name, such as Contact")
        let matchers = matchers(keys["matchers"], operation, in: place)
        let fields = fields(keys, operation, nullStandard: standard, in: place)
        // Of a trigger that cannot be read nothing is left; the problem has been noted.
        guard let trigger = trigger(keys["trigger"], in: place) else { return nil }
        return Action(
            name: name, object: object, trigger: trigger, operation: operation,
            matchers: matchers,
            matchersOperator: choice(keys["matchersOperator"], "matchersOperator") ?? .or,
            fields: fields, sources: sourceNames(keys["sources"]),
            from: start(keys["from"], operation),
            order: choice(keys["order"], "an action's order") ?? .eventTime,
            destination: text(keys["destination"], "an action's destination") ?? destination,
            isEnabled: flag(keys["enabled"], "an action's enabled") ?? true)
    }

    private mutating func requiredOperation(
        _ node: ConfigurationNode?, in parent: SourcePlace
    ) -> ActionOperation {
        let names = ActionOperation.allCases.map(\.rawValue).joined(separator: ", ")
        if node == nil {
            problems.add(parent, "an action's operation is missing; it is one of \(names)")
        }
        return choice(node, "an action's operation") ?? .upsert
    }

    private mutating func trigger(
        _ node: ConfigurationNode?, in parent: SourcePlace
    ) -> Trigger? {
        guard let node else {
            problems.add(
                parent, "an action's trigger is missing; write one such as type = \"identify\"")
            return nil
        }
        guard let text = text(node, "an action's trigger") else { return nil }
        do throws(TriggerError) {
            return try Trigger(text)
        } catch {
            let rendering = error.rendering.split(separator: "\n").map { "    " + $0 }
            let message = ["the trigger cannot be read: \(error.message)"] + rendering
            problems.add(place(of: error, in: node), message.joined(separator: "\n"))
            return nil
        }
    }

    /// Where in the file a trigger's fault stands. Exact for triggers on one line and in blocks
    /// (`|`); the trigger's beginning when YAML folded or unescaped the text, so that it is not in
    /// the file as it was read.
    private func place(of error: TriggerError, in node: ConfigurationNode) -> SourcePlace {
        var place = node.place
        guard place.line > 0, place.line <= lines.count else { return place }
        let rest = lines[place.line - 1].dropFirst(place.column - 1)
        if rest.hasPrefix(error.lineText) {
            place.column += error.column - 1
        } else if let quote = rest.first, "'\"".contains(quote),
            rest.dropFirst().hasPrefix(error.lineText)
        {
            place.column += error.column
        } else if place.line + error.line <= lines.count {
            let line = lines[place.line + error.line - 1]
            let indentation = line.prefix { $0 == " " }.count
            if line.dropFirst(indentation).hasPrefix(error.lineText) {
                place.line += error.line
                place.column = indentation + error.column
            }
        }
        return place
    }

    // MARK: Matchers and fields

    private mutating func matchers(
        _ node: ConfigurationNode?, _ operation: ActionOperation, in parent: SourcePlace
    ) -> [ActionMatcher] {
        let members = namedMappings(node, "matchers")
        if operation == .create, let first = members.first {
            problems.add(
                first.namePlace,
                "create makes a new record for each event and matches none; "
                    + "remove the matchers, or use upsert")
        } else if operation != .create, members.isEmpty {
            problems.add(
                node?.place ?? parent,
                "\(operation.rawValue) needs at least one matcher, such as "
                    + "matchers: { Email: $.traits.email }")
        }
        // Sorted, so that the same rules in another order are the same action.
        return members.sorted { $0.name < $1.name }.compactMap { member in
            let parts = member.name.split(separator: ".", omittingEmptySubsequences: false)
            let isPath = parts.count <= Self.relationshipStepsMax && parts.allSatisfy(isAPIName)
            if !isPath {
                problems.add(
                    member.namePlace,
                    "\"\(member.name)\" is not a field's API name; a matcher is "
                        + "one such as Email or Account.External_Id__c")
            }
            return compile(member.value).map { ActionMatcher(field: member.name, mapping: $0) }
        }
    }

    private mutating func fields(
        _ keys: [String: ConfigurationNode], _ operation: ActionOperation,
        nullStandard: NullPolicy, in parent: SourcePlace
    ) -> [ActionField] {
        let node = keys["fields"]
        let members = namedMappings(node, "fields", and: keys[Self.customFields])
        if operation == .delete, let first = members.first {
            problems.add(first.namePlace, "delete writes no fields; remove them")
        } else if operation != .delete, members.isEmpty {
            problems.add(
                node?.place ?? parent, "\(operation.rawValue) needs at least one field to write")
        }
        return members.sorted { $0.name < $1.name }.compactMap { member in
            checkName(member.name, member.namePlace, "a field's API name, such as LastName")
            return field(member, nullStandard: nullStandard)
        }
    }

    /// A field: a mapping, or a group of `value` or `lookup`, `write` and `null`.
    private mutating func field(
        _ member: ConfigurationMember, nullStandard: NullPolicy
    ) -> ActionField? {
        guard let settings = member.value.members,
            !settings.contains(where: { $0.name.hasPrefix("@") })
        else {
            return compile(member.value).map {
                ActionField(field: member.name, mapping: $0, write: .always, null: nullStandard)
            }
        }
        let keys = group(
            member.value, "the field \(member.name)", keys: ConfigurationKeys.field)
        let write: FieldWrite = choice(keys["write"], "write") ?? .always
        let null: NullPolicy = choice(keys["null"], "null") ?? nullStandard
        if let lookup = keys["lookup"] {
            if let value = keys["value"] {
                problems.add(value, "a lookup brings its own value; remove this one")
            }
            return self.lookup(lookup, of: member.name).map {
                ActionField(
                    field: member.name, mapping: $0.mapping, lookup: $0.lookup, write: write,
                    null: null)
            }
        }
        guard let value = keys["value"] else {
            problems.add(
                member.value,
                "the field \(member.name) needs a value: a path such as "
                    + "$.traits.email, a literal or a directive")
            return nil
        }
        return compile(value).map {
            ActionField(field: member.name, mapping: $0, write: write, null: null)
        }
    }

    /// The members of `matchers` or `fields`. Salesforce's names are case-insensitive, so `email`
    /// beside `Email` would be the same field twice.
    private mutating func namedMappings(
        _ node: ConfigurationNode?, _ name: String, and custom: ConfigurationNode? = nil
    ) -> [ConfigurationMember] {
        var given: [ConfigurationMember] = []
        switch node?.value {
        case nil, .empty: break
        case .object(let members): given = members
        default:
            if let node {
                problems.add(
                    node, "\(name) takes a group of field names, found \(node.kindName)")
            }
        }
        let members = withCustomFields(unwrapped(given), and: custom)
        var seen: Set<String> = []
        for member in members where !seen.insert(member.name.lowercased()).inserted {
            problems.add(
                member.namePlace,
                "\(name) has \"\(member.name)\" twice; upper and lower case "
                    + "are the same to Salesforce")
        }
        return members
    }

    mutating func compile(_ node: ConfigurationNode) -> Mapping? {
        var compiler = MappingCompiler(roots: .event)
        let mapping = compiler.compile(node)
        problems.append(compiler.problems)
        return mapping
    }

    // MARK: The rest

    private mutating func sourceNames(_ node: ConfigurationNode?) -> [String]? {
        guard let node else { return nil }
        let names = list(node, "an action's sources").compactMap { text($0, "a source's name") }
        if names.isEmpty {
            problems.add(node, "sources lists at least one source; leave it out for all")
        }
        return names
    }

    private mutating func start(
        _ node: ConfigurationNode?, _ operation: ActionOperation
    ) -> ActionStart {
        let standard: ActionStart =
            switch operation {
            case .upsert, .update: .start
            case .create, .delete: .now
            }
        guard let node else { return standard }
        switch node.scalarText {
        case "start": return .start
        case "now": return .now
        case let text?:
            if let position = UInt64(text), position > 0 { return .position(position) }
            if let time = Timestamp.parse(text) { return .time(time) }
        case nil: break
        }
        problems.add(
            node, "from is start, now, a time such as 2026-01-02T03:04:05Z, or a position from 1")
        return standard
    }

    mutating func checkName(
        _ name: String, _ node: ConfigurationNode?, _ wanted: String
    ) {
        guard let node, !name.isEmpty else { return }
        checkName(name, node.place, wanted)
    }

    private mutating func checkName(_ name: String, _ place: SourcePlace, _ wanted: String) {
        guard !isAPIName(name) else { return }
        problems.add(place, "\"\(name)\" is not \(wanted)")
    }

    /// A lookup can be followed five levels up (SOQL reference, "Understanding Relationship
    /// Names").
    private static let relationshipStepsMax = 6

    /// ASCII letters, digits and `_`, beginning with a letter: what can stand in a path or a query
    /// as it is.
    private func isAPIName(_ name: some StringProtocol) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 80 else { return false }
        func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        return isLetter(first)
            && name.utf8.allSatisfy { byte in
                isLetter(byte) || byte == UInt8(ascii: "_")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }
}

import Events
import Records

/// All actions of a configuration, with the one normal form that is kept in the log.
///
/// The normal form is JSON in the vocabulary of the configuration file, everything spelt out, keys
/// sorted: equal sets have equal bytes, and reading the bytes gives an equal set that treats every
/// event alike. Matchers and fields are sorted by name, so their order in the file makes no
/// difference.
package struct ActionSet: Sendable, Hashable {
    /// In the order of the configuration.
    package let actions: [Action]

    /// The set of these actions, whose names differ.
    package init(actions: [Action]) { self.actions = actions }

    /// The normal form, as UTF-8.
    package func normalisedJSON() -> [UInt8] {
        let set = FieldValue.object(["actions": .list(actions.map(\.normalised))])
        return Array(set.json.utf8)
    }

    /// Reads a normal form.
    ///
    /// - Throws: ``ConfigurationError`` when the bytes are none: they were damaged, or written by a
    ///   version that knows more.
    package init(normalisedJSON bytes: [UInt8]) throws(ConfigurationError) {
        let json: JSONValue
        do throws(EventRejection) {
            json = try JSONValue.parse(bytes)
        } catch {
            throw ConfigurationError(problems: [
                ConfigurationProblem(
                    file: Self.origin,
                    message: "the recorded actions are not JSON: \(error.message)")
            ])
        }
        var reader = ConfigurationReader()
        let keys = reader.group(ConfigurationNode(json), "an action set", keys: ["actions"])
        actions = reader.actions(keys["actions"])
        guard reader.problems.isEmpty else {
            throw ConfigurationError(problems: reader.problems.problems(in: Self.origin))
        }
    }

    /// Stands for the file's name in messages.
    private static let origin = "recorded configuration"
}

extension Action {
    /// The action as a group of the configuration, with nothing left to a default.
    fileprivate var normalised: FieldValue {
        var members: [String: FieldValue] = [
            "name": .text(name),
            "object": .text(object),
            "trigger": .text(trigger.source),
            "operation": .text(operation.rawValue),
            "matchersOperator": .text(matchersOperator.rawValue),
            "from": from.normalised,
            "order": .text(order.rawValue),
            "enabled": .boolean(isEnabled),
            "matchers": .object(
                Dictionary(matchers.map { ($0.field, $0.mapping.source) }) { first, _ in first }),
            "fields": .object(
                Dictionary(fields.map { ($0.field, $0.normalised) }) { first, _ in first }),
        ]
        if let destination { members["destination"] = .text(destination) }
        if let sources { members["sources"] = .list(sources.map(FieldValue.text)) }
        return .object(members)
    }
}

extension ActionField {
    fileprivate var normalised: FieldValue {
        var members: [String: FieldValue] = [
            "write": .text(write.rawValue), "null": .text(null.rawValue),
        ]
        if let lookup {
            members["lookup"] = lookup.normalised(value: mapping.source)
        } else {
            members["value"] = mapping.source
        }
        return .object(members)
    }
}

extension ActionLookup {
    fileprivate func normalised(value: FieldValue) -> FieldValue {
        var members: [String: FieldValue] = [
            "field": .text(field), "missing": .text(missing.rawValue), "value": value,
        ]
        if let object { members["object"] = .text(object) }
        return .object(members)
    }
}

extension ActionStart {
    fileprivate var normalised: FieldValue {
        switch self {
        case .start: .text("start")
        case .now: .text("now")
        case .time(let time): .text(Timestamp.format(time))
        // As text: the reader takes digits for a position, quoted or not.
        case .position(let position): .text("\(position)")
        }
    }
}

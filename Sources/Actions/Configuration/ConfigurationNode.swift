import Events
import Records

/// Where something stands in a configuration: a place in its file, or an environment variable that
/// overrides it.
struct SourcePlace: Sendable, Hashable {
    /// From 1; zero when the value does not come from a file.
    var line = 0
    var column = 0
    /// The variable that the value comes from, if it does.
    var variable: String?

    static let none = SourcePlace()
}

/// A piece of configuration as a tree, with the place of each part: what the YAML file, the
/// environment and the log's normalised JSON all become before anything is understood.
struct ConfigurationNode: Sendable, Hashable {
    enum Value: Sendable, Hashable {
        /// A key with nothing behind it, which is seldom meant; `null` is written out.
        case empty
        case null
        case boolean(Bool)
        /// With the digits as written.
        case number(String)
        case text(String)
        case list([ConfigurationNode])
        case object([ConfigurationMember])
    }

    var value: Value
    var place: SourcePlace

    /// For messages: what kind of thing stands here.
    var kindName: String {
        switch value {
        case .empty: "nothing"
        case .null: "null"
        case .boolean: "true or false"
        case .number: "a number"
        case .text: "a text"
        case .list: "a list"
        case .object: "a group of keys"
        }
    }

    var members: [ConfigurationMember]? {
        if case .object(let members) = value { return members }
        return nil
    }

    /// What a scalar says, whether or not it was quoted: `64.0` and `"64.0"` mean the same version.
    var scalarText: String? {
        switch value {
        case .text(let text): text
        case .number(let digits): digits
        case .boolean(let flag): flag ? "true" : "false"
        case .empty, .null, .list, .object: nil
        }
    }
}

/// One key with its value.
struct ConfigurationMember: Sendable, Hashable {
    var name: String
    var namePlace: SourcePlace
    var value: ConfigurationNode
}

extension ConfigurationNode {
    /// A tree without places, from JSON.
    init(_ json: JSONValue) {
        place = .none
        value =
            switch json {
            case .null: .null
            case .boolean(let flag): .boolean(flag)
            case .number(let digits): .number(digits)
            case .string(let text): .text(text)
            case .array(let values): .list(values.map { ConfigurationNode($0) })
            case .object(let members):
                .object(
                    members.map {
                        ConfigurationMember(
                            name: $0.name, namePlace: .none, value: ConfigurationNode($0.value))
                    })
            }
    }
}

extension FieldValue {
    /// What an event carried, as a field's value. Objects lose the order of their members.
    init(_ json: JSONValue) {
        self =
            switch json {
            case .null: .null
            case .boolean(let flag): .boolean(flag)
            // Digits beyond what a decimal number takes stay text, which no number field accepts:
            // the record is parked with a reason instead of being sent a rounded value.
            case .number(let digits): DecimalNumber(digits).map(FieldValue.number) ?? .text(digits)
            case .string(let text): .text(text)
            case .array(let values): .list(values.map { FieldValue($0) })
            case .object(let members):
                .object(
                    Dictionary(members.map { ($0.name, FieldValue($0.value)) }) { first, _ in
                        first
                    })
            }
    }
}

extension FieldValue: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Numbers are written as `{"number":"12.50"}`: the encoders at hand would pass them through
    /// `Double`. Objects are written as `{"object":{…}}` so that the two never meet.
    ///
    /// This is the form kept in the log. It is not the form sent to Salesforce: that is ``json``.
    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .boolean(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .text(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .list(let values):
            var container = encoder.singleValueContainer()
            try container.encode(values)
        case .number(let value):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(value.description, forKey: Key("number"))
        case .object(let members):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(members, forKey: Key("object"))
        }
    }

    package init(from decoder: any Decoder) throws {
        // `try?` asks which of the shapes above this is; the last one tried throws.
        if let keyed = try? decoder.container(keyedBy: Key.self) {
            self = try Self.decodeKeyed(keyed)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
            // As above: what is no boolean and no text is taken for a list.
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else {
            self = .list(try container.decode([FieldValue].self))
        }
    }

    private static func decodeKeyed(_ container: KeyedDecodingContainer<Key>) throws -> FieldValue {
        if let digits = try container.decodeIfPresent(String.self, forKey: Key("number")) {
            guard let number = DecimalNumber(digits) else {
                throw DecodingError.dataCorruptedError(
                    forKey: Key("number"), in: container, debugDescription: "not a decimal number")
            }
            return .number(number)
        }
        return .object(try container.decode([String: FieldValue].self, forKey: Key("object")))
    }
}

extension FieldValue {
    /// The value as JSON text, exactly as it is sent to Salesforce: decimals with their digits,
    /// keys sorted, non-ASCII characters unescaped.
    package var json: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// Appends the value's JSON to `text`.
    package func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .number(let value): text += value.description
        case .text(let value): Self.write(string: value, to: &text)
        case .list(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, name) in members.keys.sorted().enumerated() {
                if index > 0 { text += "," }
                Self.write(string: name, to: &text)
                text += ":"
                members[name]?.write(to: &text)
            }
            text += "}"
        }
    }

    /// Appends a JSON string literal: `"`, `\` and control characters are escaped (RFC 8259 §7).
    package static func write(string: String, to text: inout String) {
        text += "\""
        // Nearly every text: appended as a whole, not character by character.
        guard string.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else {
            text += string
            text += "\""
            return
        }
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

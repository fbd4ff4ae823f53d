extension Action: Codable {
    /// Written as one text, the normal form of a set of this action alone: through the encoders at
    /// hand, numbers in mappings would pass through `Double`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let bytes = ActionSet(actions: [self]).normalisedJSON()
        try container.encode(String(decoding: bytes, as: UTF8.self))
    }

    /// Reads what ``encode(to:)`` wrote.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let actions = try ActionSet(normalisedJSON: Array(text.utf8)).actions
        guard actions.count == 1 else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not the normal form of one action")
        }
        self = actions[0]
    }
}

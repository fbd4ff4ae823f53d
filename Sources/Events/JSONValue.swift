/// A JSON value as an event carried it. Numbers keep their digits; members keep their order.
package enum JSONValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    /// The number's text, exactly as sent.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])
}

/// One member of a JSON object.
package struct JSONMember: Sendable, Hashable {
    package let name: String
    package let value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

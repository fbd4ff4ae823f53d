import Foundation
import Projection
import Records

/// A field value as people's JSON has it: numbers are numbers, nothing is wrapped.
package struct PlainValue: Sendable, Hashable, Encodable {
    package let value: FieldValue

    package init(_ value: FieldValue) { self.value = value }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch value {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let values): try container.encode(values.map(PlainValue.init))
        case .object(let members): try container.encode(members.mapValues(PlainValue.init))
        case .number(let number):
            // 38 digits; anything longer keeps its digits as text rather than lose them.
            if let decimal = Decimal(string: number.description),
                DecimalNumber("\(decimal)") == number
            {
                try container.encode(decimal)
            } else {
                try container.encode(number.description)
            }
        }
    }

    /// For people: text without quotes, an empty mark for null.
    package var text: String {
        switch value {
        case .null: "∅"
        case .text(let text): text
        default: value.json
        }
    }
}

extension PlainValue {
    /// A parent as the configuration names it: `{"lookup":{"object","field","value"}}`.
    package init(_ parent: ParentReference) {
        self.init(
            .object([
                "lookup": .object([
                    "object": .text(parent.object), "field": .text(parent.field),
                    "value": parent.value,
                ])
            ]))
    }
}

/// The event behind a value, as outputs show it.
package struct EventReference: Sendable, Hashable, Codable {
    package let position: UInt64
    package let messageId: String
    package let eventTime: String

    package init(position: UInt64, messageID: String, eventTime: String) {
        self.position = position
        messageId = messageID
        self.eventTime = eventTime
    }
}

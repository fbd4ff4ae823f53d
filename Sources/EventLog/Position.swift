/// A place in the log. The first entry has position 1; there are no gaps.
package struct Position: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    package let number: UInt64

    package init(_ number: UInt64) { self.number = number }

    /// Before the first entry: the checkpoint of a projection that has seen nothing.
    package static let zero = Position(0)

    package var next: Position { Position(number + 1) }
    package var description: String { String(number) }

    package static func < (left: Position, right: Position) -> Bool { left.number < right.number }

    package init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(UInt64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

extension JSONValue {
    /// The value as JSON without white space; numbers with the digits they came with, members in
    /// order.
    package var json: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    /// Appends the value's JSON to `bytes`.
    package func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .boolean(let value): bytes += (value ? "true" : "false").utf8
        case .number(let digits): bytes += digits.utf8
        case .string(let text): JSONEscapes.write(text, to: &bytes)
        case .array(let values):
            bytes.append(ASCII.openBracket)
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(ASCII.comma) }
                value.write(to: &bytes)
            }
            bytes.append(ASCII.closeBracket)
        case .object(let members):
            bytes.append(ASCII.openBrace)
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(ASCII.comma) }
                JSONEscapes.write(member.name, to: &bytes)
                bytes.append(ASCII.colon)
                member.value.write(to: &bytes)
            }
            bytes.append(ASCII.closeBrace)
        }
    }

    /// Whether both say the same, whatever the order of members. Numbers are equal when their
    /// digits are; texts and names when their UTF-8 is, however alike they look: Swift's own
    /// comparison takes an accent that is a character of its own for the same as one that is not.
    package func isEquivalent(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            let byName = Dictionary(right.map { (Array($0.name.utf8), $0.value) }) { first, _ in
                first
            }
            return left.allSatisfy {
                byName[Array($0.name.utf8)]?.isEquivalent(to: $0.value) ?? false
            }
        case (.array(let left), .array(let right)):
            return left.count == right.count
                && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case (.string(let left), .string(let right)):
            return left.utf8.elementsEqual(right.utf8)
        default: return self == other
        }
    }
}

/// The id of a Salesforce record, always in its 18-character form.
///
/// Guarantees: made only from a well-formed id, so it can be compared as text and put into a path
/// or a query. The last three characters are a checksum of the letters' case: for each group of
/// five characters, five bits (bit k set when character k is `A`–`Z`) index `A…Z0…5`. A wrong
/// checksum is refused, as Salesforce answers `MALFORMED_ID` to it.
package struct RecordID: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// - Parameter text: 15 or 18 ASCII letters and digits.
    /// - Returns: `nil` for any other length or character, or when the 18-character form's checksum
    ///   is not that of its first 15.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        let sum = text.withUTF8 { Self.isID($0) ? Self.checksum(of: $0) : nil }
        guard let sum else { return nil }
        if text.utf8.count == 18 {
            guard text.utf8.suffix(3).elementsEqual(sum) else { return nil }
            description = text
        } else {
            description = text + String(decoding: sum, as: UTF8.self)
        }
    }

    /// An id that Salesforce itself gave, or that was made from one before: its shape is checked,
    /// its checksum is not ours to dispute. Refusing it would put a write that succeeded in doubt.
    package init?(answered text: some StringProtocol) {
        if let id = RecordID(text) {
            self = id
            return
        }
        var answered = String(text)
        guard answered.utf8.count == 18, answered.withUTF8(Self.isID) else { return nil }
        description = answered
    }

    /// The first 15 characters, as some error messages carry ids.
    package var short: String { String(description.prefix(15)) }

    /// The first three characters: they tell the object (`003` is Contact); see describe's
    /// `keyPrefix`.
    package var keyPrefix: String { String(description.prefix(3)) }

    private static func isID(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        (bytes.count == 15 || bytes.count == 18) && bytes.allSatisfy(isAlphanumeric)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".utf8)

    private static func checksum(of id: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        (0..<3).map { group in
            var bits = 0
            for place in 0..<5 {
                let byte = id[group * 5 + place]
                if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { bits |= 1 << place }
            }
            return alphabet[bits]
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}

extension RecordID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = RecordID(answered: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a record id")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

import Records

/// Rows of a Bulk job's file: CSV as RFC 4180 has it, with a line feed after each row.
///
/// Source: Bulk API 2.0 Developer Guide, "Prepare CSV Files": an empty cell leaves a field as it
/// is, `#N/A` clears it. So every row has a value for every column: a field that is not to be
/// written has no column.
package enum CSVWriting {
    /// What clears a field. As a text it cannot be written this way at all.
    static let null = "#N/A"
    /// Characters of one field, and of all of a row (Bulk API and Bulk API 2.0 Limits and
    /// Allocations: 131,072 and 400,000), counted in bytes, of which there are never fewer.
    static let cellBytesMax = 131_072
    static let rowBytesMax = 400_000

    /// The first line of a file.
    package static func header(_ columns: [String]) -> [UInt8] {
        Array((columns.joined(separator: ",") + "\n").utf8)
    }

    /// Appends a row to `bytes`.
    package static func append(_ cells: [FieldValue], to bytes: inout [UInt8]) {
        for (index, value) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            switch value {
            case .null: bytes += Array(null.utf8)
            case .boolean(let value): bytes += Array((value ? "true" : "false").utf8)
            case .number(let value): bytes += Array(value.description.utf8)
            case .text(let text): append(text, to: &bytes)
            case .list, .object: preconditionFailure("\(value.kindName) is no cell")
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Quoted where a reader could misunderstand it: what separates, what quotes, and spaces at the
    /// ends.
    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let utf8 = Array(text.utf8)
        let isPlain =
            utf8.allSatisfy { byte in
                byte != UInt8(ascii: ",") && byte != quote && byte != UInt8(ascii: "\n")
                    && byte != UInt8(ascii: "\r")
            } && utf8.first != UInt8(ascii: " ") && utf8.last != UInt8(ascii: " ")
        guard !isPlain else {
            bytes += utf8
            return
        }
        bytes.append(quote)
        for byte in utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }

    private static let quote = UInt8(ascii: "\"")

    /// Whether a cell can say `value` and nothing else.
    ///
    /// An empty text would leave the field as it is, and the text `#N/A` would clear it.
    package static func canHold(_ value: FieldValue) -> Bool {
        switch value {
        case .null, .boolean, .number: true
        case .text(let text):
            !text.allSatisfy(\.isWhitespace) && text.utf8.count <= cellBytesMax
                && !isNull(text)
        case .list, .object: false
        }
    }

    private static func isNull(_ text: String) -> Bool {
        var trimmed = Substring(text)
        while trimmed.first?.isWhitespace == true { trimmed.removeFirst() }
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        return trimmed.uppercased() == null
    }
}

import Events

/// Writes the text of a cell as JSON of the type that its column has.
enum CellText {
    static func write(
        _ cell: CSVRow.Cell, of row: CSVRow, as type: CellType, to json: inout [UInt8]
    ) throws(CSVRow.Fault) {
        switch type {
        case .text: writeString(cell, of: row, to: &json)
        case .number:
            // What is not quite a number of JSON, such as 1.2.3, is refused with the event.
            guard row.bytes[cell.content].allSatisfy(isOfNumber) else {
                throw CSVRow.Fault(offset: cell.start, message: "the cell is no number")
            }
            json += row.bytes[cell.content]
        case .boolean:
            guard let value = boolean(row.bytes[cell.content]) else {
                throw CSVRow.Fault(
                    offset: cell.start, message: "the cell is neither true nor false")
            }
            json += (value ? "true" : "false").utf8
        case .json:
            let text = row.text(of: cell)
            // One whole value, so that no cell can add members of its own; anything else refuses
            // the row.
            guard (try? JSONValue.parse(text, limits: EventLimits())) != nil else {
                throw CSVRow.Fault(offset: cell.start, message: "the cell is no JSON value")
            }
            json += text
        }
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
            UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private static func boolean(_ text: ArraySlice<UInt8>) -> Bool? {
        // Letters differ from their capitals in one bit.
        let small = text.map { $0 | 0x20 }
        if small.elementsEqual("true".utf8) { return true }
        return small.elementsEqual("false".utf8) ? false : nil
    }

    /// As a JSON string (RFC 8259 §7). That it is UTF-8 is seen when the event is read.
    private static func writeString(
        _ cell: CSVRow.Cell, of row: CSVRow, to json: inout [UInt8]
    ) {
        json.append(UInt8(ascii: "\""))
        var index = cell.content.lowerBound
        while index < cell.content.upperBound {
            let byte = row.bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                json += [UInt8(ascii: "\\"), byte]
                // Quotes are doubled in a cell.
                index += 1
            case UInt8(ascii: "\\"): json += [byte, byte]
            case 0..<0x20: json += escape(byte)
            default: json.append(byte)
            }
            index += 1
        }
        json.append(UInt8(ascii: "\""))
    }

    private static func escape(_ control: UInt8) -> [UInt8] {
        let digits = String(control, radix: 16)
        return Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    }
}

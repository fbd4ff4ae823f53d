import TestSupport
import Testing

@testable import Ingest

@Suite struct CSVRowTests {
    /// The rows of a text given in pieces of `size` bytes, each as its line and its cells.
    private static func rows(_ bytes: [UInt8], size: Int, itemBytesMax: Int = 1_000) -> [String] {
        var splitter = MessageSplitter(itemBytesMax: itemBytesMax)
        var found: [String] = []
        func take() {
            while let row = splitter.nextRow() { found.append("\(row.line) " + show(row)) }
        }
        for start in stride(from: 0, to: bytes.count, by: size) {
            bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { splitter.add($0) }
            take()
        }
        splitter.finish()
        take()
        return found
    }

    private static func show(_ found: CSVScan.Row) -> String {
        guard let bytes = found.bytes else { return "too long" }
        do throws(CSVRow.Fault) {
            let row = try CSVRow(line: found.line, bytes: bytes)
            return row.cells.map { String(decoding: row.text(of: $0), as: UTF8.self) }
                .joined(separator: "|")
        } catch {
            return "!\(error.offset)"
        }
    }

    @Test(arguments: [1, 2, 3, 5, 1_000])
    func rowsAndLinesAreTheSameHoweverTheBytesArrive(size: Int) {
        let cases: [(String, [String])] = [
            ("", []), ("\n\r\n\n", []), ("a", ["1 a"]), ("a,b\nc,d", ["1 a|b", "2 c|d"]),
            ("a,b\r\nc,d\r\n", ["1 a|b", "2 c|d"]), (",", ["1 |"]), ("a,\n,b", ["1 a|", "2 |b"]),
            ("\"\"", ["1 "]), ("\"a,b\",\"c\nd\"\ne", ["1 a,b|c\nd", "3 e"]),
            ("\"a\"\"b\"", ["1 a\"b"]), ("\"\"\"\"\"\"", ["1 \"\""]),
            ("\"a\r\n\r\nb\"\r\n\r\nc", ["1 a\r\n\r\nb", "5 c"]),
            ("\"a\"b\nc", ["1 !3", "2 c"]), ("a\"b\nc", ["1 !1", "2 c"]),
            ("a\"b,\"c\nd\"\ne", ["1 !1", "3 e"]), ("\"a\nb", ["1 !0"]),
            ("a\rb\nc", ["1 !1", "2 c"]), (" \"a\"", ["1 !1"]),
        ]
        for (text, expected) in cases {
            #expect(Self.rows(Array(text.utf8), size: size) == expected, "\(text.debugDescription)")
        }
    }

    @Test(arguments: [1, 4, 1_000])
    func tooLongRowIsToldAndTheRestGoesOn(size: Int) {
        let long = String(repeating: "x", count: 50)
        for row in [long, "\"\(long)\n,\n\"", "a,\(long)"] {
            let lines = row.contains { $0 == "\n" } ? 3 : 1
            #expect(
                Self.rows(Array("a\n\(row)\nb".utf8), size: size, itemBytesMax: 20) == [
                    "1 a", "2 too long", "\(2 + lines) b",
                ])
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func whateverIsWrittenByTheRulesIsReadBack(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let letters = Array("ab,\"\n\r é=:{}".utf8)
        let table = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
            (0..<3).map { _ in
                (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                    letters[Int.random(in: 0..<letters.count, using: &generator)]
                }
            }
        }
        var text: [UInt8] = []
        for row in table {
            for (index, cell) in row.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                text.append(UInt8(ascii: "\""))
                for byte in cell {
                    text += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte]
                }
                text.append(UInt8(ascii: "\""))
            }
            text += Array("\r\n".utf8)
        }
        let expected = table.map { row in
            row.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|")
        }
        let found = Self.rows(text, size: Int.random(in: 1...9, using: &generator))
        #expect(found.map { String($0.drop { $0 != " " }.dropFirst()) } == expected)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func noBytesAtAllMakeItStumble(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let letters = Array("a1,,\"\"\n\r{[:.-e".utf8) + [0, 0xFF, 0xC3]
        let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
            letters[Int.random(in: 0..<letters.count, using: &generator)]
        }
        let plan = try ColumnPlan(
            header: ["userId", "traits.a:number", "traits.b:json"], rules: ColumnRules())
        var splitter = MessageSplitter(itemBytesMax: 40)
        bytes.withUnsafeBytes { splitter.add($0) }
        splitter.finish()
        var lines = 0
        while let row = splitter.nextRow() {
            #expect(row.line > lines)
            lines = row.line
            let item = MessageItem(row, columns: plan, itemBytesMax: 40)
            if case .bytes(let json) = item.content { #expect(json.last == UInt8(ascii: "}")) }
        }
    }
}

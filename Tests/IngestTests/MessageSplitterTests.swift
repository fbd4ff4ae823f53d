import Events
import Ingest
import Testing

@Suite struct MessageSplitterTests {
    /// Splits the text given in pieces of `size` bytes.
    private static func split(_ text: String, size: Int, itemBytesMax: Int = 1_000) -> [String] {
        var splitter = MessageSplitter(itemBytesMax: itemBytesMax)
        var found: [String] = []
        func take() {
            while let item = splitter.next() {
                switch item.content {
                case .bytes(let bytes):
                    found.append("\(item.line) \(String(decoding: bytes, as: UTF8.self))")
                case .refused(let rejection): found.append("\(item.line) !\(rejection.code)")
                }
            }
        }
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            piece.withUnsafeBytes { splitter.add($0) }
            take()
        }
        splitter.finish()
        take()
        return found
    }

    private static let cases: [(String, [String])] = [
        ("", []), (" \n\n ", []),
        ("{\"a\":1}\n{\"b\":2}\n", [#"1 {"a":1}"#, #"2 {"b":2}"#]),
        ("{\"a\":1}\r\n\n  {\"b\":2}", [#"1 {"a":1}"#, #"3 {"b":2}"#]),
        ("\n\n{\"a\":1}", [#"3 {"a":1}"#]),
        ("[]", []), (" [ ] \n", []),
        ("[{\"a\":[1,2]},\n {\"b\":\"],\\\"\"}\n]", [#"1 {"a":[1,2]}"#, #"2 {"b":"],\""}"#]),
        ("[1,\"two\",null , true]", ["1 1", #"1 "two""#, "1 null", "1 true"]),
        ("[[1],[2]]", ["1 [1]", "1 [2]"]),
        ("[{\"a\":1},\n\n{\"b\":\n2}]", [#"1 {"a":1}"#, "3 {\"b\":\n2}"]),
        ("[1 2]", ["1 1", "1 !unexpected-byte"]),
        ("[1,]", ["1 1", "1 !unexpected-byte"]),
        ("[,1]", ["1 !unexpected-byte"]),
        ("[1]\n[2]", ["1 1", "2 !trailing-bytes"]),
        ("[{\"a\":1}\n", [#"1 {"a":1}"#, "2 !unexpected-end"]),
        ("[{\"a\":1", ["1 !unexpected-end"]),
        ("[\n\"open", ["2 !unexpected-end"]),
    ]

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func itemsAndLinesAreTheSameHoweverTheBytesArrive(size: Int) {
        for (text, expected) in Self.cases {
            #expect(Self.split(text, size: size) == expected, "\(text)")
        }
    }

    @Test(arguments: [1, 3, 1_000])
    func tooLongItemIsRefusedAndTheRestGoesOn(size: Int) {
        let long = String(repeating: "x", count: 50)
        let lines = "{\"a\":1}\n\"\(long)\"\n{\"b\":2}"
        let expected = [#"1 {"a":1}"#, "2 !event-too-large", #"3 {"b":2}"#]
        #expect(Self.split(lines, size: size, itemBytesMax: 20) == expected)
        let array = "[{\"a\":1},\n\"\(long)\",\n{\"b\":2}]"
        #expect(Self.split(array, size: size, itemBytesMax: 20) == expected)
    }
}

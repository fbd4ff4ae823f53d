import TestSupport
import Testing

@testable import LMDB

@Suite struct KeyEncodingTests {
    @Test(arguments: SeededGenerator.seeds(count: 5))
    func numbersSortAsTheirBytesDo(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let left = Int64(bitPattern: generator.next()) >> generator.number(0...63)
            let right = Int64(bitPattern: generator.next()) >> generator.number(0...63)
            let isLess = KeyEncoding.bytes(left).lexicographicallyPrecedes(KeyEncoding.bytes(right))
            #expect(isLess == (left < right))
            KeyEncoding.bytes(left).withUnsafeBytes { #expect(KeyEncoding.signed($0) == left) }
            let unsigned = UInt64(bitPattern: left)
            #expect(KeyEncoding.unsigned(KeyEncoding.bytes(unsigned)) == unsigned)
        }
    }

    @Test func aNumberOfAnotherLengthIsNone() {
        #expect(KeyEncoding.unsigned([1, 2, 3]) == nil)
        #expect(KeyEncoding.unsigned([UInt8](repeating: 0, count: 9)) == nil)
    }

    @Test func partsSortOneAfterAnotherAndAreReadBack() {
        let texts = ["", "\0", "\0\0", "\0a", "a", "a\0", "a\0b", "ab", "b", "é", "日本"]
        var keys: [([String], [UInt8])] = []
        for first in texts {
            for second in texts {
                keys.append(([first, second], KeyEncoding.part(first) + KeyEncoding.part(second)))
            }
        }
        for (parts, bytes) in keys {
            bytes.withUnsafeBytes { bytes in
                var index = 0
                let read = [
                    KeyEncoding.readPart(bytes, &index), KeyEncoding.readPart(bytes, &index),
                ]
                #expect(read == parts)
                #expect(index == bytes.count)
            }
        }
        let byBytes = keys.sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
        let byText = keys.map(\.0).sorted { left, right in
            left.map { Array($0.utf8) }.lexicographicallyPrecedes(right.map { Array($0.utf8) }) {
                $0.lexicographicallyPrecedes($1)
            }
        }
        #expect(byBytes == byText)
    }

    @Test(arguments: [[], [65], [65, 0], [65, 0, 1], [0xFF, 0, 0]] as [[UInt8]])
    func aPartThatIsCutOffOrNoTextIsNotRead(bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var index = 0
            #expect(KeyEncoding.readPart(bytes, &index) == nil)
            #expect(index == 0)
        }
    }
}

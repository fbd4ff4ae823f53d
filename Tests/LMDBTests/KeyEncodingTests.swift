import TestSupport
import Testing

@testable import LMDB

@Suite struct KeyEncodingTests {
    @Test(arguments: SeededGenerator.seeds(count: 5))
    func numbersSortAsTheirBytesDo(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let left = generator.next() >> generator.number(0...63)
            let right = generator.next() >> generator.number(0...63)
            let isLess = KeyEncoding.bytes(left).lexicographicallyPrecedes(KeyEncoding.bytes(right))
            #expect(isLess == (left < right))
            #expect(KeyEncoding.unsigned(KeyEncoding.bytes(left)) == left)
        }
    }

    @Test func aNumberOfAnotherLengthIsNone() {
        #expect(KeyEncoding.unsigned([1, 2, 3]) == nil)
        #expect(KeyEncoding.unsigned([UInt8](repeating: 0, count: 9)) == nil)
    }
}

import Testing

@testable import Events

@Suite struct BytesTests {
    /// Every length round the widths of the loads, and every place for a byte to differ in.
    @Test(arguments: 0...40)
    func bytesAreEqualExactlyWhenEachIs(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        #expect(areEqual(bytes, bytes, count))
        #expect(hash(bytes, count) == hash(bytes, count))
        for place in 0..<count {
            var changed = bytes
            changed[place] ^= 0x80
            #expect(!areEqual(bytes, changed, count), "\(place)")
            #expect(hash(bytes, count) != hash(changed, count), "\(place)")
        }
    }

    /// What lies beside the bytes plays no part.
    @Test(arguments: 0...20)
    func neighboursOfTheBytesPlayNoPart(count: Int) {
        let bytes = [UInt8](repeating: 7, count: count)
        let left = [1] + bytes + [2]
        let right = [3] + bytes + [4]
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                guard let a = left.baseAddress, let b = right.baseAddress else { return }
                #expect(Bytes.areEqual(a + 1, b + 1, count: count))
                #expect(Bytes.hash(a + 1, count: count) == Bytes.hash(b + 1, count: count))
            }
        }
    }

    private func areEqual(_ left: [UInt8], _ right: [UInt8], _ count: Int) -> Bool {
        (left + [0]).withUnsafeBytes { left in
            (right + [1]).withUnsafeBytes { right in
                guard let a = left.baseAddress, let b = right.baseAddress else { return false }
                return Bytes.areEqual(a, b, count: count)
            }
        }
    }

    private func hash(_ bytes: [UInt8], _ count: Int) -> UInt64 {
        (bytes + [0]).withUnsafeBytes { bytes in
            bytes.baseAddress.map { Bytes.hash($0, count: count) } ?? 0
        }
    }
}

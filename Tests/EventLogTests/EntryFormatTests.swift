import Events
import Foundation
import TestSupport
import Testing

@testable import EventLog

@Suite struct EntryFormatTests {
    /// Computed once with Python's hashlib and struct, from the layout as documented: the format on
    /// disk may not change unseen.
    @Test func theStoredBytesOfTwoEntriesAreTheDocumentedOnes() {
        var chain = HashChain(after: .start)
        let bodies: [(EntryKind, Int64, [UInt8])] = [
            (.event, 1_750_000_000_001, EventBody.encode(event(1))),
            (.configuration, -2, Array("{}".utf8)),
        ]
        let stored = bodies.map { kind, time, body in
            let room = [UInt8](repeating: 0, count: EntryFormat.headerBytes) + body
            var value = room
            value.withUnsafeMutableBytes {
                chain.seal($0, kind: kind.rawValue, recordedAt: time)
            }
            return value.map { String(format: "%02x", $0) }.joined()
        }
        #expect(stored == Self.golden)
        #expect(chain.head.position == Position(2))
    }

    private static let golden = [
        "0101000001977420dc0102a218378b1c970353027fe14e8a187eab3131e16054"
            + "ba590c15586982f810ce0777656273697465026d31007b2274797065223a2269"
            + "64656e74696679222c22757365724964223a227531227d",
        "0102fffffffffffffffef978cc688057d167bebc3c385a4c51db284d2fb101d0"
            + "5e6b4641e8764d092d5e7b7d",
    ]

    @Test func aChainGoesBackToWhatWasStored() {
        var chain = HashChain(after: .start)
        func seal(_ byte: UInt8) -> [UInt8] {
            var value = [UInt8](repeating: 0, count: EntryFormat.headerBytes) + [byte]
            value.withUnsafeMutableBytes { chain.seal($0, kind: 2, recordedAt: 0) }
            return value
        }
        _ = seal(1)
        let head = chain.head
        let second = seal(2)
        _ = seal(3)
        chain.restore(head)
        #expect(chain.head == head)
        #expect(seal(2) == second)
    }

    @Test func anEntryOfAnUnknownVersionIsRefusedByName() {
        var value = [UInt8](repeating: 0, count: EntryFormat.headerBytes)
        value[0] = 9
        value[1] = 1
        #expect(throws: LogError.unknownFormat(found: 9, known: 1)) {
            try value.withUnsafeBytes { try EntryFormat.entry(at: Position(1), $0) }
        }
    }

    @Test(arguments: [0, 1, 41])
    func anEntryWithoutAWholeHeaderIsDamaged(bytes: Int) {
        let value = [UInt8](repeating: 1, count: bytes)
        let expected = LogError.damaged(
            Position(7), detail: "its header is cut off (\(bytes) bytes)")
        #expect(throws: expected) {
            try value.withUnsafeBytes { try EntryFormat.entry(at: Position(7), $0) }
        }
    }
}

import Events
import TestSupport
import Testing

@testable import EventLog

@Suite struct EventBodyTests {
    private func entry(_ body: [UInt8], kind: EntryKind = .event, at time: Int64 = 0) -> Entry {
        Entry(position: Position(4), kind: kind, recordedAt: time, body: body, hash: [])
    }

    @Test(arguments: SeededGenerator.seeds(count: 100))
    func everyEventIsReadBackAsItWas(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let event = Event.random(&generator)
        let body = EventBody.encode(event)
        #expect(body.count == EventBody.size(event))
        #expect(try EventBody.decode(entry(body, at: event.receivedAt)) == event)
    }

    @Test func anotherKindIsNoEvent() {
        #expect(throws: LogError.damaged(Position(4), detail: "it is no event but of kind intent"))
        {
            try EventBody.decode(entry(EventBody.encode(event(1)), kind: .intent))
        }
    }

    /// Whatever the bytes, reading ends with an event or an error, and never reads past the body.
    @Test(arguments: SeededGenerator.seeds(count: 200))
    func damagedBodiesAreRefusedOrReadAsSomethingElse(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var body = EventBody.encode(.random(&generator))
        switch generator.number(0...2) {
        case 0: body = Array(body.prefix(generator.number(0...body.count)))
        case 1: body[generator.number(0...(body.count - 1))] ^= UInt8(generator.number(1...255))
        default: body = generator.bytes(count: generator.number(0...20))
        }
        do throws(LogError) {
            let event = try EventBody.decode(entry(body))
            #expect(event.bytes.count + event.shared.count <= body.count)
        } catch {
            #expect(error == .damaged(Position(4), detail: "its event is unreadable"))
        }
    }

    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455])
    func lengthsTakeTheFewestBytes(number: Int) {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 1)
        defer { room.deallocate() }
        var end = 0
        Varint.write(number, to: room, at: &end)
        var read = 0
        #expect(Varint.read(UnsafeRawBufferPointer(room), at: &read) == number)
        #expect(read == end)
        #expect(end == Varint.size(number))
    }

    @Test(arguments: [[], [0x80], [0x80, 0x00], [0xFF, 0xFF, 0xFF, 0xFF, 0x01]] as [[UInt8]])
    func aLengthThatIsCutOffPaddedOrTooLongIsNone(bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var index = 0
            #expect(Varint.read(bytes, at: &index) == nil)
        }
    }
}

import Events
import TestSupport
import Testing

@testable import EventLog

@Suite struct EncodedEventsTests {
    @Test(arguments: SeededGenerator.seeds(count: 50))
    func encodedEventsAreStoredAsTheEventsThemselvesWouldBe(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let events = (0..<generator.number(0...20)).map { number in
            number % 3 == 0 ? .random(&generator) : event(number)
        }
        for source in Set(events.map(\.source)) {
            let own = events.filter { $0.source == source }
            // Sometimes with too little room at first.
            var encoder = EventEncoder(
                source: source, count: own.count, byteCount: generator.number(0...2_000))
            for event in own {
                Array(event.messageID.utf8).withUnsafeBytes { messageID in
                    event.shared.withUnsafeBytes { shared in
                        event.bytes.withUnsafeBytes { message in
                            encoder.append(
                                messageID: messageID, shared: shared, message: message,
                                receivedAt: event.receivedAt)
                        }
                    }
                }
            }
            let encoded = encoder.finish()
            #expect(encoded.count == own.count)
            for (item, event) in zip(encoded.items, own) {
                #expect(encoded.withBytes { Array($0[item.body]) } == EventBody.encode(event))
                let key = MessageKey(source: source, messageID: event.messageID)
                #expect(item.key == key)
                #expect(item.receivedAt == event.receivedAt)
            }
        }
    }

    /// Both ways into the log find what came by the other.
    @Test func aRepeatedEventIsFoundWhicheverWayItCame() async throws {
        try await withLog { log, _ async throws in
            let first = event(1)
            #expect(try await log.append([first]) == [.accepted(Position(1))])
            #expect(try await log.append(encoded(first)) == [.duplicate(Position(1))])
            let second = event(2)
            #expect(try await log.append(encoded(second)) == [.accepted(Position(2))])
            #expect(try await log.append([second]) == [.duplicate(Position(2))])
            let changed = event(2, body: #"{"type":"page","userId":"u2"}"#)
            #expect(try await log.append([changed]) == [.conflict(Position(2))])
            #expect(try await log.append(encoded(changed)) == [.conflict(Position(2))])
        }
    }

    @Test func aSecretIsStoredAsBlanksAndNothingElseIsChanged() async throws {
        try await withLog { log, _ async throws in
            var events = EventEncoder(source: "website", count: 2, byteCount: 0)
            for id in ["m1", "m2"] {
                Array(id.utf8).withUnsafeBytes { id in
                    Array(#"{"writeKey":"key"}"#.utf8).withUnsafeBytes { message in
                        events.append(
                            messageID: id, shared: UnsafeRawBufferPointer(start: nil, count: 0),
                            message: message, blanking: 13..<16, receivedAt: 7)
                    }
                }
            }
            #expect(try await log.append(events.finish()).count == 2)
            let stored = try log.reader().entries(after: .zero, countMax: 9, bytesMax: 1 << 20)
            let read = try stored.map(EventBody.decode)
            #expect(read.map(\.messageID) == ["m1", "m2"])
            #expect(
                read.map { String(decoding: $0.bytes, as: UTF8.self) }
                    == [#"{"writeKey":"***"}"#, #"{"writeKey":"***"}"#])
        }
    }
}

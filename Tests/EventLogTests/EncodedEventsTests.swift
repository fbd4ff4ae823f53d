import Events
import TestSupport
import Testing

@testable import EventLog

@Suite struct EncodedEventsTests {
    @Test(arguments: SeededGenerator.seeds(count: 50))
    func eventsOfAnySourcesAreReadBackInOrder(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var events: [Event] = []
        for number in 0..<generator.number(0...20) {
            // Neighbours of the same source, and of others.
            let source = generator.number(0...2) == 0 ? "app" : "website"
            events.append(number % 3 == 0 ? .random(&generator) : event(number, source: source))
        }
        let encoded = EncodedEvents(events)
        #expect(encoded.count == events.count)
        for (item, event) in zip(encoded.items, events) {
            let body = Array(encoded.bytes[item.body])
            #expect(body == EventBody.encode(event))
            #expect(
                item.key == MessageKey(source: event.source, messageID: event.messageID))
            #expect(item.receivedAt == event.receivedAt)
        }
    }

    @Test func aSecretIsStoredAsBlanksAndNothingElseIsChanged() async throws {
        try await withLog { log, _ async throws in
            var events = EncodedEvents(source: "website", count: 2, byteCount: 0)
            for id in ["m1", "m2"] {
                Array(id.utf8).withUnsafeBytes { id in
                    Array(#"{"writeKey":"key"}"#.utf8).withUnsafeBytes { message in
                        events.append(
                            messageID: id, shared: UnsafeRawBufferPointer(start: nil, count: 0),
                            message: message, blanking: 13..<16, receivedAt: 7)
                    }
                }
            }
            #expect(try await log.append(events).count == 2)
            let stored = try log.reader().entries(after: .zero, countMax: 9, bytesMax: 1 << 20)
            let read = try stored.map(EventBody.decode)
            #expect(read.map(\.messageID) == ["m1", "m2"])
            #expect(
                read.map { String(decoding: $0.bytes, as: UTF8.self) }
                    == [#"{"writeKey":"***"}"#, #"{"writeKey":"***"}"#])
        }
    }
}

import EventLog
import Events
import TestSupport

/// An event whose every part follows from its number.
func event(_ number: Int, source: String = "website", body: String? = nil) -> Event {
    Event(
        source: source, messageID: "m\(number)", receivedAt: 1_750_000_000_000 + Int64(number),
        bytes: Array((body ?? #"{"type":"identify","userId":"u\#(number)"}"#).utf8))
}

/// The event as a producer hands it over that has encoded it.
func encoded(_ event: Event) -> EncodedEvents {
    var encoder = EventEncoder(source: event.source, count: 1, byteCount: 0)
    Array(event.messageID.utf8).withUnsafeBytes { messageID in
        event.shared.withUnsafeBytes { shared in
            event.bytes.withUnsafeBytes { message in
                encoder.append(
                    messageID: messageID, shared: shared, message: message,
                    receivedAt: event.receivedAt)
            }
        }
    }
    return encoder.finish()
}

/// A log of `count` entries of every kind, most of them events.
func fill(_ log: LogWriter, count: Int) async throws {
    for number in 1...count {
        switch number % 5 {
        case 0:
            _ = try await log.append(kind: .configuration, body: Array("{\"n\":\(number)}".utf8))
        case 3: _ = try await log.append(kind: .intent, body: [])
        default: _ = try await log.append([event(number)])
        }
    }
}

extension Event {
    /// A random one; texts and bytes of any length, also none.
    static func random(_ generator: inout SeededGenerator) -> Event {
        func text(_ generator: inout SeededGenerator) -> String {
            String(
                (0..<generator.number(0...200)).map { _ in
                    Character(["a", "é", "\0", "日", "🙂", "\""][generator.number(0...5)])
                })
        }
        return Event(
            source: text(&generator), messageID: text(&generator),
            receivedAt: Int64(bitPattern: generator.next()),
            bytes: generator.bytes(count: generator.number(0...400)),
            shared: generator.bytes(count: generator.number(0...200)))
    }
}

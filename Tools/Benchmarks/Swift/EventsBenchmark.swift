import Events
import Foundation
import Ingest

extension Benchmark {
    /// How fast events are judged and read, on one core.
    static let events = Benchmark(
        name: "events",
        summary: "an identify event of 604 B, events/s, one core: against Foundation's JSON parser"
    ) { options in
        let table = Table(["work", "JSONSerialization", "Tidemark", "ratio"])
        let bytes = identifyEvent
        let count = options.scaled(20_000)
        for work in EventWork.all(bytes) {
            let comparison = try await Comparison.measure(options) { _ in
                let data = Data(bytes)
                return try await rate(of: count) {
                    _ = try JSONSerialization.jsonObject(with: data)
                }
            } ours: { _ in
                try await rate(of: count * work.times / work.eventCount, work.run)
                    * Double(work.eventCount)
            }
            table.add([work.name] + Table.cells(comparison))
        }
    }
}

/// An identify event as a server-side library sends it.
let identifyEvent = Array(
    #"""
    {"messageId":"5703d620-8b26-43f4-8761-8e32fc01fae3","type":"identify","userId":"user-000123",
    "anonymousId":"8ef7c787-a1cf-4324-a2f8-8769923bda2a","timestamp":"2026-11-23T19:28:32.485Z",
    "context":{"ip":"203.0.113.7","library":{"name":"analytics-python","version":"2.4.0"}},
    "integrations":{"All":true},"traits":{"email":"zofia.novakova@example.com","age":42,"vip":true,
    "first_name":"Žofia","last_name":"Nováková","plan":"premium","lifetime_value":12345.50,
    "company":"Acme s.r.o.","address":{"city":"Brno","street":"Dlouhá 12","postal_code":"60200",
    "country":"CZ"},"created_at":"2024-05-06T07:08Z"}}
    """#.utf8)

/// One thing done with an event's bytes.
private struct EventWork {
    let name: String
    /// How many times as often as the limit it runs in a measurement, to last about as long.
    let times: Int
    /// Events handled in one run.
    var eventCount = 1
    let run: @Sendable () throws -> Void

    static func all(_ bytes: [UInt8]) -> [EventWork] {
        let event = Event(source: "website", messageID: "m", receivedAt: 0, bytes: bytes)
        let paths = [
            ["traits", "email"], ["traits", "last_name"], ["userId"], ["traits", "plan"],
            ["traits", "address", "city"],
        ].map { JSONPath($0) }
        let hundred = (0..<100).map { _ in bytes }.joined(separator: [UInt8(ascii: ",")])
        let batch = [UInt8(ascii: "[")] + hundred + [UInt8(ascii: "]")]
        let acceptance = EventAcceptance(limits: BatchLimits()) { "assigned" }
        return [
            EventWork(name: "validate, read the envelope", times: 10) {
                _ = try EventParser.validate(bytes)
            },
            EventWork(name: "read five fields lazily", times: 4) {
                for path in paths where event.string(at: path) == nil {
                    throw Mistake(description: "no value at \(path)")
                }
            },
            EventWork(name: "event time", times: 10) { _ = event.eventTime },
            EventWork(name: "whole tree", times: 4) { _ = try JSONValue.parse(bytes) },
            EventWork(name: "read a batch of 100", times: 20, eventCount: 100) {
                guard try BatchSplitter.split(batch).items.count == 100 else {
                    throw Mistake(description: "the batch was not split")
                }
            },
            EventWork(name: "accept a batch of 100", times: 5, eventCount: 100) {
                let body = try batch.withUnsafeBytes { try acceptance.accept($0, as: .batch) }
                guard body.drafts.count == 100 else {
                    throw Mistake(description: "events of the batch were refused")
                }
            },
        ]
    }
}

private func rate(of count: Int, _ body: () throws -> Void) async throws -> Double {
    let time = try await seconds { for _ in 0..<count { try body() } }
    return Double(count) / time
}

import Events
import Testing

@Suite struct BatchSplitterTests {
    private static func items(_ text: String, _ batch: Batch) -> [String] {
        let bytes = Array(text.utf8)
        return batch.items.map { String(decoding: bytes[$0.place], as: UTF8.self) }
    }

    private static func split(_ text: String, _ limits: BatchLimits = .init()) throws -> Batch {
        try BatchSplitter.split(Array(text.utf8), limits: limits)
    }

    @Test func batchIsSplitAndItsOwnMembersAreKept() throws {
        let text = #"""
            {"sentAt":"2026-01-02T03:04:05Z","batch":[ {"a":"}],{"} , {"b":[{}]}, 7 ],
             "context":{"ip": "1"},"integrations":{"All":true},"writeKey":"k","other":[1]}
            """#
        let batch = try Self.split(text)
        #expect(Self.items(text, batch) == [#"{"a":"}],{"}"#, #"{"b":[{}]}"#, "7"])
        #expect(batch.writeKey == "k")
        #expect(batch.sentAt == 1_767_323_045_000)
        let shared =
            #"{"sentAt":"2026-01-02T03:04:05Z","context":{"ip": "1"},"integrations":{"All":true}}"#
        #expect(String(decoding: batch.shared, as: UTF8.self) == shared)
    }

    @Test(arguments: [
        ("[]", []), (#"{"batch":[]}"#, []),
        (#" [1, "two" ,null,{"a":1}] "#, ["1", #""two""#, "null", #"{"a":1}"#]),
    ])
    func arraysAndEmptyBatchesAreSplit(text: String, expected: [String]) throws {
        let batch = try Self.split(text)
        #expect(Self.items(text, batch) == expected)
        #expect(batch.shared.isEmpty)
    }

    @Test func badEventLeavesTheOthersApart() throws {
        let text = #"{"batch":[{"a":NaN},{"a":1,"a":2},{"b":nul}]}"#
        let batch = try Self.split(text)
        #expect(Self.items(text, batch) == [#"{"a":NaN}"#, #"{"a":1,"a":2}"#, #"{"b":nul}"#])
    }

    private static let events = [
        #"{"type":"identify","userId":"u"}"#,
        #"{"type":"track","event":"a","userId":7,"messageId":"m-1","writeKey":"k"}"#,
        #"{"type":"identify","userId":"u","messageId":"m-\u0031","traits":{"é":[{"x":1e3}]}}"#,
        #"{ "userId" : "u" , "type" : "identify", "sentAt":"2026-01-02T03:04:05Z" }"#,
        #"{"userId":"u"}"#, #"{"type":"identify"}"#, #"{"type":"nothing","userId":"u"}"#,
        #"{"type":"identify","userId":"u","a":1,"a":2}"#,
        #"{"type":"identify","userId":"u","a":NaN}"#,
        #"{"type":"identify","userId":"u","traits":7}"#,
        #"{"type":"identify","userId":"u","deep":[[[[[[[[1]]]]]]]]}"#,
        #"{"type":"identify","userId":"u","a":"\x"}"#, "7", "null", "[{}]", "{}",
        #"{"type":"identify","userId":"u","long":"0123456789012345678901234567890123456789"}"#,
    ]

    /// What is read in passing is exactly what the event's own judge says, whatever stands before
    /// it: nothing that is open, counted or remembered of one event may reach the next.
    @Test func eventsAreGoodInPassingExactlyWhenTheyAreGoodAlone() throws {
        var limits = BatchLimits()
        limits.event.depthMax = 8
        limits.event.memberCountMax = 6
        limits.event.stringBytesMax = 30
        for first in Self.events {
            for second in Self.events {
                let bytes = Array(#"{"batch":[\#(first), \#(second)],"context":{}}"#.utf8)
                let batch = try BatchSplitter.split(bytes, limits: limits)
                #expect(batch.items.count == 2)
                for item in batch.items {
                    // Refused events have no envelope.
                    let alone = try? EventParser.validate(
                        Array(bytes[item.place]), limits: limits.event)
                    #expect(item.envelope == alone?.moved(by: item.place.lowerBound))
                }
            }
        }
    }

    @Test func textsOfTheSenderStandWhereTheEnvelopeSays() throws {
        let bytes = Array(("[" + Self.events[1] + "," + Self.events[2] + "]").utf8)
        try bytes.withUnsafeBytes { bytes in
            let envelopes = try BatchSplitter.split(bytes).items.map(\.envelope)
            #expect(envelopes.map { $0?.messageID?.text(in: bytes) } == ["m-1", "m-1"])
            let place = try #require(envelopes[0]?.writeKeyPlace)
            #expect(String(decoding: bytes[place], as: UTF8.self) == "k")
        }
    }

    @Test func anEventThatIsTooLargeBesideWhatTheBatchSaysIsNotGoodInPassing() throws {
        var limits = BatchLimits()
        limits.event.eventBytesMax = Self.events[0].utf8.count
        let alone = try Self.split("[\(Self.events[0])]", limits)
        #expect(alone.items[0].envelope != nil)
        let beside = try Self.split(#"{"batch":[\#(Self.events[0])],"context":{}}"#, limits)
        #expect(beside.items[0].envelope == nil)
    }

    @Test func eventTooDeepForRecursionIsSplitToo() throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let text = "[\(deep),1]"
        #expect(try Self.split(text).items.count == 2)
    }

    @Test(
        arguments: [
            ("", "empty-input", 0, nil),
            ("7", "not-an-object", 0, nil),
            (#"{"a":1}"#, "missing-field", nil, "batch"),
            (#"{"batch":{}}"#, "wrong-type", 9, "batch"),
            (#"{"batch":"x"}"#, "wrong-type", 9, "batch"),
            (#"{"batch":[{"a":1}"#, "unexpected-end", 17, "batch[0]"),
            (#"{"batch":[{"a":[1}]}"#, "unexpected-byte", 17, "batch[0].a[0]"),
            (#"{"batch":[1 2]}"#, "unexpected-byte", 12, "batch[0]"),
            (#"{"batch":[1,]}"#, "unexpected-byte", 12, "batch[1]"),
            (#"{"batch":[,1]}"#, "unexpected-byte", 10, "batch[0]"),
            (#"{"batch":["a]}"#, "unexpected-end", 14, "batch[0]"),
            (#"{"batch":[],"batch":[]}"#, "duplicate-key", 12, "batch"),
            (#"{"batch":[],"context":[]}"#, "wrong-type", 22, "context"),
            (#"{"batch":[],"sentAt":"soon"}"#, "invalid-timestamp", 21, "sentAt"),
            (#"{"batch":[]} x"#, "trailing-bytes", 13, nil),
            (#"{"batch":[1,2,3,4]}"#, "too-many-events", 16, "batch"),
        ] as [(String, String, Int?, String?)])
    func unreadableBatchIsRefusedAsAWhole(
        text: String, code: String, byte: Int?, field: String?
    ) {
        var limits = BatchLimits()
        limits.eventCountMax = 3
        let error = #expect(throws: EventRejection.self) { _ = try Self.split(text, limits) }
        #expect(error?.code == code)
        #expect(error?.byteOffset == byte)
        #expect(error?.field == field)
    }

    @Test func largeContextCannotBeMultipliedByManyEvents() {
        let context = String(repeating: "x", count: 5_000)
        let error = #expect(throws: EventRejection.self) {
            _ = try Self.split(#"{"batch":[1],"context":{"a":"\#(context)"}}"#)
        }
        #expect(error?.reason == .sharedTooLarge)
        #expect(error?.byteOffset == 23)
    }
}

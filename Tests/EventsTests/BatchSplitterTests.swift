import Events
import Testing

@Suite struct BatchSplitterTests {
    private static func items(_ text: String, _ batch: Batch) -> [String] {
        let bytes = Array(text.utf8)
        return batch.items.map { String(decoding: bytes[$0], as: UTF8.self) }
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

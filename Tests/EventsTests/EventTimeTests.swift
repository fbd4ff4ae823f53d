import Events
import Testing

@Suite struct EventTimeTests {
    private static let received = "2026-05-01T12:00:00.000Z"

    @Test(arguments: [
        // No time at all: when it was received.
        (#"{}"#, "", "2026-05-01T12:00:00.000Z"),
        (#"{"timestamp":null}"#, "", "2026-05-01T12:00:00.000Z"),
        // A timestamp alone is believed, unless it lies in the future.
        (#"{"timestamp":"2026-04-30T10:00:00Z"}"#, "", "2026-04-30T10:00:00.000Z"),
        (#"{"timestamp":"2027-01-01T00:00:00Z"}"#, "", "2026-05-01T12:00:00.000Z"),
        (#"{"originalTimestamp":"2026-04-30T10:00:00Z"}"#, "", "2026-04-30T10:00:00.000Z"),
        // A clock two hours fast: sent at 14:00 what happened at 13:59.
        (
            #"{"timestamp":"2026-05-01T13:59:00Z","sentAt":"2026-05-01T14:00:00Z"}"#, "",
            "2026-05-01T11:59:00.000Z"
        ),
        // originalTimestamp is what the skew is measured by, whatever timestamp says.
        (
            #"{"timestamp":"2026-05-01T01:00:00Z","originalTimestamp":"2026-05-01T09:00:00Z","sentAt":"2026-05-01T10:00:00Z"}"#,
            "", "2026-05-01T11:00:00.000Z"
        ),
        // Sent before it happened: never later than received.
        (
            #"{"timestamp":"2026-05-01T10:00:01Z","sentAt":"2026-05-01T10:00:00Z"}"#, "",
            "2026-05-01T12:00:00.000Z"
        ),
        // The batch's sentAt counts for each of its events; their own wins.
        (
            #"{"timestamp":"2026-05-01T09:30:00Z"}"#, #"{"sentAt":"2026-05-01T10:00:00Z"}"#,
            "2026-05-01T11:30:00.000Z"
        ),
        (
            #"{"timestamp":"2026-05-01T09:30:00Z","sentAt":"2026-05-01T09:45:00Z"}"#,
            #"{"sentAt":"2026-05-01T10:00:00Z"}"#, "2026-05-01T11:45:00.000Z"
        ),
        (
            #"{"timestamp":"2026-05-01T09:30:00Z","sentAt":null}"#,
            #"{"sentAt":"2026-05-01T10:00:00Z"}"#, "2026-05-01T11:30:00.000Z"
        ),
        // Out of an archive: the clock is measured by when the first door received it.
        (
            #"{"originalTimestamp":"2025-01-01T13:59:00Z","sentAt":"2025-01-01T14:00:00Z"}"#,
            #"{"receivedAt":"2025-01-01T12:00:00Z"}"#, "2025-01-01T11:59:00.000Z"
        ),
        // Only our own door says so: a sender that writes it itself is not believed.
        (
            #"{"timestamp":"2025-01-01T13:59:00Z","sentAt":"2025-01-01T14:00:00Z","receivedAt":"2025-01-01T12:00:00Z"}"#,
            "", "2026-05-01T11:59:00.000Z"
        ),
        // Members of the same name further inside are something else.
        (
            #"{"properties":{"timestamp":"2020-01-01T00:00:00Z"},"tim\u0065stamp":"2026-04-01"}"#,
            "", "2026-04-01T00:00:00.000Z"
        ),
    ])
    func eventTimeFollowsTheSpecification(
        text: String, shared: String, expected: String
    ) throws {
        let receivedAt = try #require(Timestamp.parse(Self.received))
        let event = Event(
            source: "s", messageID: "m", receivedAt: receivedAt, bytes: Array(text.utf8),
            shared: Array(shared.utf8))
        #expect(Timestamp.format(event.eventTime) == expected)
    }
}

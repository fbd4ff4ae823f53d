import Testing

@testable import Actions

@Suite struct DoorLimitsTests {
    private static func parse(_ door: String) throws(ConfigurationError) -> IngestConfiguration {
        let rest = ConfigurationTests.everything.replacing(
            "  listen: 127.0.0.1:8080\n", with: "  listen: 127.0.0.1:8080\n\(door)\n")
        return try ConfigurationTests.parse(rest).ingest
    }

    @Test func limitsAndOriginsOfTheDoorAreRead() throws {
        let plain = try Self.parse("")
        #expect(plain.limits == DoorLimits())
        #expect(plain.allowedOrigins == [])
        let door = try Self.parse(
            """
              limits:
                eventsPerSecondMax: 500
                requestBytesMax: 1000000
                eventBytesMax: 65536
                connectionsMax: 64
              allowedOrigins: ["https://www.example.com", "http://localhost:3000"]
            """)
        var limits = DoorLimits()
        limits.eventsPerSecondMax = 500
        limits.requestBytesMax = 1_000_000
        limits.eventBytesMax = 65_536
        limits.connectionsMax = 64
        #expect(door.limits == limits)
        #expect(door.allowedOrigins == ["https://www.example.com", "http://localhost:3000"])
    }

    @Test(arguments: [
        ("limits: { eventsPerSecondMax: 0 }", "eventsPerSecondMax takes a whole number from 1"),
        ("limits: { requestBytesMax: 5000000 }", "at most 4194304"),
        ("limits: { eventBytesMax: 600000 }", "more than a request may have, 512000"),
        ("limits: { eventPerSecondMax: 5 }", "eventsPerSecondMax"),
        ("allowedOrigins: [www.example.com]", "an origin is a scheme and a host"),
        ("allowedOrigins: [\"https://a.example/\"]", "without a slash at the end"),
    ])
    func limitsAndOriginsThatCannotBeAreProblems(text: String, words: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.parse("  " + text) }
        #expect(error.map { "\($0)" }?.contains(words) == true)
    }
}

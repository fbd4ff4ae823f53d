import Events

/// An identify event about a made-up person.
struct Profile: Sendable {
    let person: Int
    /// Which state of the person it tells; it orders the events in time too.
    var revision = 0
    var plan: String?
    var messageID: String?

    /// 2025-01-01T00:00:00Z: long before any test runs, so that no event is from the future.
    private static let start: Int64 = 1_735_689_600_000

    init(_ person: Int, revision: Int = 0, plan: String? = nil, messageID: String? = nil) {
        self.person = person
        self.revision = revision
        self.plan = plan
        self.messageID = messageID
    }

    var email: String { "person\(person)@example.com" }
    var lastName: String { "Last \(person)" }
    var planName: String { plan ?? "plan-\(revision)" }
    var id: String { messageID ?? "m-\(person)-\(revision)-\(planName)" }

    /// One JSON object on one line.
    var json: String {
        let time = Timestamp.format(Self.start + Int64(revision) * 60_000 + Int64(person))
        return """
            {"type":"identify","messageId":"\(id)","userId":"u-\(person)","timestamp":"\(time)",\
            "traits":{"email":"\(email)","first_name":"First","last_name":"\(lastName)",\
            "plan":"\(planName)","score":\(person)}}
            """
    }
}

extension [Profile] {
    var lines: String { map { $0.json + "\n" }.joined() }
    var batch: String { #"{"batch":["# + map(\.json).joined(separator: ",") + "]}" }
}

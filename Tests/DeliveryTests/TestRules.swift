import Actions
import Events
import Foundation

/// Actions of the tests, as the recorded configuration writes them.
enum TestRules {
    static func actions(_ text: String) throws -> [Action] {
        try ActionSet(normalisedJSON: Array("{\"actions\":[\(text)]}".utf8)).actions
    }

    static let fields = """
        "FirstName":"$.traits.first","LastName":"$.traits.last","Email":"$.traits.email"
        """

    static func action(
        _ operation: String = "upsert", on kind: String = "identify", name: String? = nil,
        matchers: String = #""Email":"$.traits.email""#, fields: String = fields,
        more: String = #""from":"start""#
    ) -> String {
        """
        {"name":"\(name ?? operation)","object":"Contact","trigger":"type = \\"\(kind)\\"",\
        "operation":"\(operation)","matchers":{\(matchers)},"fields":{\(fields)},\(more)}
        """
    }

    /// Found by a field that is not unique: what is created in doubt has to wait.
    static let byEmail = action()
    /// Found by a unique external id: what is created in doubt can be sent again.
    static let byExternalID = action(matchers: #""External_Id__c":"$.userId""#)
    static let delete = action("delete", on: "group", fields: "")
    static let upsertAndDelete = byEmail + "," + delete
    static let create = action("create", matchers: "")
    static let update = action("update")
    static let byEmailAndName = action(
        name: "strict",
        matchers: #""Email":"$.traits.email","LastName":"$.traits.last""#,
        more: #""from":"start","matchersOperator":"and""#)
}

/// What happened to one person, as an event.
struct TestPerson: Sendable {
    var number: Int
    var first = "Ann"
    var last: String?
    /// Seconds after 2025-06-15T15:06:40Z.
    var time: Int64 = 0
    var kind = "identify"
    var id: String?
    /// The user id, where it is not the number's.
    var user: String?

    init(
        _ number: Int, first: String = "Ann", last: String? = nil, time: Int64 = 0,
        kind: String = "identify", id: String? = nil
    ) {
        self.number = number
        self.first = first
        self.last = last
        self.time = time
        self.kind = kind
        self.id = id
    }

    var email: String { "p\(number)@example.com" }

    var event: Event {
        let timestamp = Timestamp.format(1_750_000_000_000 + time * 1_000)
        let name = last ?? "Lee\(number)"
        let text = """
            {"type":"\(kind)","userId":"\(user ?? "u\(number)")","groupId":"g",\
            "timestamp":"\(timestamp)",\
            "traits":{"email":"\(email)","first":"\(first)","last":"\(name)"}}
            """
        return Event(
            source: "web", messageID: id ?? "\(number)/\(first)/\(name)/\(time)/\(kind)",
            receivedAt: 1_760_000_000_000, bytes: Array(text.utf8))
    }
}

import Events
import Testing

@Suite struct EventReadingTests {
    private static func event(_ text: String, shared: String = "", receivedAt: Int64 = 0) -> Event {
        Event(
            source: "website", messageID: "m", receivedAt: receivedAt, bytes: Array(text.utf8),
            shared: Array(shared.utf8))
    }

    private static let sample = #"""
        { "type":"identify", "userId" : "u-1",
          "traits":{"email":"a@b.c","first name":"Žofia","n\u0061me":"escaped","price":12.50,
            "big":123456789012345678901234567890,"vip":true,"gone":null,"text":"a\"}{][,:\\",
            "address":{"city":"Brno","lines":["one","two",{"three":[3]}]},"empty":{},"none":[]},
          "0":"zero","":"nameless" }
        """#

    @Test func lazilyReadValueEqualsTheTreesAtEveryPath() throws {
        let event = Self.event(Self.sample)
        let tree = try JSONValue.parse(event.bytes)
        let paths = Self.paths(in: tree)
        #expect(paths.count > 20)
        for path in paths { #expect(event.value(at: path) == tree[path], "\(path)") }
    }

    /// Every path that leads to a value.
    private static func paths(in value: JSONValue) -> [JSONPath] {
        var found: [JSONPath] = []
        func visit(_ value: JSONValue, _ steps: [JSONPath.Step]) {
            found.append(JSONPath(steps: steps))
            switch value {
            case .object(let members):
                for member in members { visit(member.value, steps + [.member(member.name)]) }
            case .array(let values):
                for (index, value) in values.enumerated() { visit(value, steps + [.index(index)]) }
            default: break
            }
        }
        visit(value, [])
        return found
    }

    @Test func absentIsNotNull() {
        let event = Self.event(Self.sample)
        #expect(event.value(at: JSONPath(["traits", "gone"])) == .null)
        #expect(event.value(at: JSONPath(["traits", "never"])) == nil)
        #expect(event.value(at: JSONPath(["traits", "email", "deeper"])) == nil)
        #expect(event.value(at: JSONPath(["traits", "gone", "deeper"])) == nil)
    }

    @Test func numbersKeepTheirDigits() {
        let event = Self.event(Self.sample)
        #expect(event.value(at: JSONPath(["traits", "price"])) == .number("12.50"))
        let big = event.value(at: JSONPath(["traits", "big"]))
        #expect(big == .number("123456789012345678901234567890"))
    }

    @Test func digitsIndexArraysAndNameMembers() throws {
        let event = Self.event(Self.sample)
        let dotted = try #require(JSONPath("traits.address.lines.1"))
        #expect(event.value(at: dotted) == .string("two"))
        #expect(event.value(at: JSONPath(steps: [.index(0)])) == .string("zero"))
        let outside = try #require(JSONPath("$.traits.address.lines[3]"))
        #expect(event.value(at: outside) == nil)
    }

    @Test func stringIsOnlyForStrings() {
        let event = Self.event(Self.sample)
        #expect(event.string(at: JSONPath(["traits", "first name"])) == "Žofia")
        #expect(event.string(at: JSONPath(["traits", "name"])) == "escaped")
        #expect(event.string(at: JSONPath(["traits", "price"])) == nil)
    }

    @Test func kindComesFromTheBodyOrElseFromThePath() {
        #expect(Self.event(Self.sample).kind == .identify)
        let posted = Self.event(#"{"userId":"u"}"#, shared: #"{"type":"group"}"#)
        #expect(posted.kind == .group)
        #expect(posted.value(at: JSONPath(["type"])) == .string("group"))
    }

    // MARK: What a batch says for all its events

    @Test func ownMembersWinOverTheBatchsAndObjectsMergeOneLevel() {
        let event = Self.event(
            #"{"type":"page","context":{"ip":"1.1.1.1","library":{"name":"own"}}}"#,
            shared: #"{"context":{"ip":"2.2.2.2","locale":"cs","library":{"version":"2"}}}"#)
        #expect(event.string(at: JSONPath(["context", "ip"])) == "1.1.1.1")
        #expect(event.string(at: JSONPath(["context", "locale"])) == "cs")
        // One level only: the own library hides the batch's.
        #expect(event.value(at: JSONPath(["context", "library", "version"])) == nil)
        #expect(event.string(at: JSONPath(["context", "library", "name"])) == "own")
        #expect(
            event.value(at: JSONPath(["context"]))
                == .object([
                    JSONMember("ip", .string("1.1.1.1")),
                    JSONMember("library", .object([JSONMember("name", .string("own"))])),
                    JSONMember("locale", .string("cs")),
                ]))
    }

    @Test func wholeEventHoldsWhatTheBatchSaid() throws {
        let event = Self.event(
            #"{"type":"page","context":{"ip":"1"}}"#,
            shared: #"{"sentAt":"2026-01-01","context":{"locale":"cs"}}"#)
        let whole = try #require(event.value(at: JSONPath([])))
        #expect(whole[JSONPath(["context", "locale"])] == .string("cs"))
        #expect(whole["sentAt"] == .string("2026-01-01"))
        #expect(whole["type"] == .string("page"))
    }

    @Test func ownNullHidesTheBatchsValue() {
        let event = Self.event(#"{"context":null}"#, shared: #"{"context":{"ip":"1"}}"#)
        #expect(event.value(at: JSONPath(["context"])) == .null)
        #expect(event.value(at: JSONPath(["context", "ip"])) == nil)
    }

    // MARK: Integrations

    @Test(arguments: [
        (#"{}"#, "", true),
        (#"{"integrations":{}}"#, "", true),
        (#"{"integrations":null}"#, "", true),
        (#"{"integrations":{"Salesforce":false}}"#, "", false),
        (#"{"integrations":{"Salesforce":true}}"#, "", true),
        (#"{"integrations":{"All":false}}"#, "", false),
        (#"{"integrations":{"All":true}}"#, "", true),
        (#"{"integrations":{"All":false,"Salesforce":true}}"#, "", true),
        (#"{"integrations":{"All":false,"Salesforce":{"id":"1"}}}"#, "", true),
        (#"{"integrations":{"All":true,"Salesforce":false}}"#, "", false),
        (#"{"integrations":{"All":false,"Salesforce":null}}"#, "", false),
        (#"{"integrations":{"Mixpanel":false}}"#, "", true),
        (#"{"\u0069ntegrations":{"All":false}}"#, "", false),
        (#"{"traits":{"note":"integrations"}}"#, "", true),
        (#"{}"#, #"{"integrations":{"All":false}}"#, false),
        (#"{"integrations":{"Salesforce":true}}"#, #"{"integrations":{"All":false}}"#, true),
        (#"{"integrations":{"All":true}}"#, #"{"integrations":{"All":false}}"#, true),
    ])
    func senderDecidesWhetherSalesforceGetsTheEvent(
        text: String, shared: String, isEnabled: Bool
    ) {
        let event = Self.event(text, shared: shared)
        #expect(event.isEnabled(destination: "Salesforce") == isEnabled)
        // A name that the sender does not use changes nothing.
        #expect(event.isEnabled(destination: "Salesforce", named: "acme") == isEnabled)
    }

    @Test(arguments: [
        (#"{"acme":false}"#, false), (#"{"acme":false,"Salesforce":true}"#, false),
        (#"{"acme":true,"Salesforce":false}"#, true), (#"{"All":false,"acme":{}}"#, true),
        (#"{"All":false,"Salesforce":true}"#, true), (#"{"Acme":false}"#, true),
    ])
    func theDestinationsOwnNameWins(integrations: String, isEnabled: Bool) {
        let event = Self.event("{\"integrations\":\(integrations)}", shared: "")
        #expect(event.isEnabled(destination: "Salesforce", named: "acme") == isEnabled)
    }
}

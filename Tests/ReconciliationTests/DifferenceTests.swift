import Reconciliation
import Records
import Testing

/// One field of a record, what is wanted of it, and what is sent: `nil` for nothing.
struct DifferenceCase: CustomTestStringConvertible, Sendable {
    let name: String
    let wanted: DesiredField
    let stored: FieldValue
    let sent: FieldValue?

    init(_ name: String, _ wanted: DesiredField, _ stored: FieldValue, _ sent: FieldValue?) {
        self.name = name
        self.wanted = wanted
        self.stored = stored
        self.sent = sent
    }

    var testDescription: String { name }
}

@Suite struct DifferenceTests {
    static let matchers = any(("External_Id__c", "u1"))

    static let policies: [DifferenceCase] = [
        .init("always fills", want("Region__c", .text("EU")), .null, .text("EU")),
        .init("always replaces", want("Region__c", .text("EU")), .text("US"), .text("EU")),
        .init("always clears", want("Region__c", .null), .text("US"), .null),
        .init("always rests", want("Region__c", .text("EU")), .text("EU"), nil),
        .init("null is null", want("Region__c", .null), .null, nil),
        .init("if-empty fills", want("Region__c", .text("EU"), .ifEmpty), .null, .text("EU")),
        .init("if-empty keeps", want("Region__c", .text("EU"), .ifEmpty), .text("US"), nil),
        .init("if-empty never clears", want("Region__c", .null, .ifEmpty), .text("US"), nil),
        .init("if-empty null on null", want("Region__c", .null, .ifEmpty), .null, nil),
        .init(
            "a checkbox is never empty", want("Active__c", .boolean(true), .ifEmpty),
            .boolean(false), nil),
        .init("on-create fills nothing", want("Region__c", .text("EU"), .onCreate), .null, nil),
        .init("on-create keeps", want("Region__c", .text("EU"), .onCreate), .text("US"), nil),
        .init(
            "on-create ignores read-only", want("Origin__c", .text("web"), .onCreate), .null, nil),
        .init("on-create ignores hidden", want("Hidden__c", .text("x"), .onCreate), .null, nil),
    ]

    static let representations: [DifferenceCase] = [
        .init("trimmed", want("Region__c", .text("  EU ")), .text("EU"), nil),
        .init("blank is null", want("Region__c", .text("  ")), .null, nil),
        .init("blank clears", want("Region__c", .text("")), .text("EU"), .null),
        .init("email case", want("Email", .text("Ada@X.org")), .text("ada@x.org"), nil),
        .init("text case differs", want("Region__c", .text("eu")), .text("EU"), .text("eu")),
        .init("picklist case", want("Plan__c", .text("pro")), .text("Pro"), nil),
        .init("number form", want("Score__c", .text("1.0E1")), number("10.00"), nil),
        .init("number scale", want("Score__c", number("1.234")), number("1.23"), nil),
        .init("number rounded", want("Score__c", number("1.236")), number("1.23"), number("1.24")),
        .init("checkbox text", want("Active__c", .text("true")), .boolean(true), nil),
        .init("checkbox null", want("Active__c", .null), .boolean(false), nil),
        .init("checkbox cleared", want("Active__c", .null), .boolean(true), .boolean(false)),
        .init("set order", want("Services__c", .text("Charge;Pay")), .text("Pay;Charge"), nil),
        .init(
            "set members", want("Services__c", .list([.text("Pay")])), .text("Pay;Charge"),
            .text("Pay")),
        .init(
            "datetime form", want("Seen__c", .text("2026-05-01T09:25:37.9+02:00")),
            .text("2026-05-01T07:25:37.000+0000"), nil),
        .init(
            "id form", want("AccountId", .text("0015500001QdRaY")), .text("0015500001QdRaYAAV"), nil
        ),
        .init("line ends", want("Region__c", .text("a\nb")), .text("a\r\nb"), nil),
        .init("read-only but equal", want("Name", .text("Ada")), .text("Ada"), nil),
        .init("a mask", want("SSN__c", .text("123-45-6789")), .text("*****"), nil),
        .init("a mask emptied", want("SSN__c", .null), .text("*****"), .null),
        .init("no mask", want("SSN__c", .text("1")), .text("2"), .text("1")),
        .init("field name's case", want("region__C", .text("EU")), .text("US"), .text("EU")),
    ]

    @Test(arguments: policies + representations)
    func onlyARealDifferenceIsSent(one: DifferenceCase) {
        let name = Scene.contact.field(one.wanted.name)?.name ?? one.wanted.name
        let record = Scene.record(0, ["External_Id__c": .text("u1"), name: one.stored])
        let made = plan([key(1, by: Self.matchers, [one.wanted])], [record])
        guard let sent = one.sent else {
            #expect(made.verdicts == ["settled 0"])
            return
        }
        #expect(made.sent == [name: sent])
        let change = made.operations.first?.changes.first
        #expect(change?.before == one.stored)
        #expect(change?.cause == one.wanted.cause)
    }

    @Test(arguments: [
        (want("Hidden__c", .text("x")), "Hidden__c"), (want("Hidden__c", .null), "Hidden__c"),
        (want("Name", .text("Ada")), "Name"), (want("Origin__c", .text("web")), "Origin__c"),
        (want("LastName", .null), "LastName"), (want("Score__c", .text("high")), "Score__c"),
        (want("Region__c", .list([.text("EU")])), "Region__c"),
    ])
    func whatSalesforceWouldRefuseBlocksTheKeyNamingTheField(wanted: DesiredField, name: String) {
        let record = Scene.record(0, ["External_Id__c": .text("u1"), "LastName": .text("Byron")])
        let fields = [wanted, want("FirstName", .text("Ada"))]
        let made = plan([key(1, by: Self.matchers, fields)], [record])
        #expect(made.verdicts == ["400"])
        #expect(made.blocked.first?.message.contains(name) == true)
    }

    @Test func aFieldThatTheQueryDidNotReturnIsNotNull() {
        let record = Record(
            object: "Contact", id: Scene.ids[0], fields: ["External_Id__c": .text("u1")])
        let made = plan([key(1, by: Self.matchers, [want("Region__c", .text("EU"))])], [record])
        #expect(made.verdicts == ["400"])
        #expect(made.blocked.first?.message.contains("Region__c") == true)
    }

    @Test func changesAreSortedByField() {
        let record = Scene.record(0, ["External_Id__c": .text("u1")])
        let fields = ["Region__c", "FirstName", "LastName"].map { want($0, .text("x")) }
        let made = plan([key(1, by: Self.matchers, fields)], [record])
        #expect(
            made.operations.first?.changes.map(\.field) == ["FirstName", "LastName", "Region__c"])
    }

    @Test func aDeleteLooksAtNoField() {
        let record = Scene.record(0, ["External_Id__c": .text("u1")])
        let made = plan([key(1, .absent, by: Self.matchers)], [record])
        #expect(made.operations.map(\.changes) == [[]])
    }
}

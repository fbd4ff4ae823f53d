import Records
import SalesforceEmulator
import Testing

/// One of the rewrites that `docs/values.md` lists, by its number there: what an event says, and
/// what Salesforce then holds, or under which code the key is parked.
struct SalesforceRewrite: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable {
        case holds([String: JSON])
        case parks(String)
    }

    let number: Int
    let name: String
    var kind = "identify"
    let says: [String: FieldValue]
    let outcome: Outcome
    /// What a later event says.
    var later: [String: FieldValue]?
    /// What people and tools do to the record before it is looked at again.
    var meddling: (@Sendable (Org, String) throws -> Void)?
    /// Saves that two further looks cost.
    var laterSaves = 0
    /// What the record holds in the end, where it differs.
    var inTheEnd: [String: JSON] = [:]
    /// How the key is in the end: `settled`, or the code under which it is parked.
    var endsAs = "settled"

    init(
        _ number: Int, _ name: String, kind: String = "identify", _ says: [String: FieldValue],
        _ outcome: Outcome
    ) {
        self.number = number
        self.name = name
        self.kind = kind
        self.says = says
        self.outcome = outcome
    }

    var testDescription: String { "\(number): \(name)" }

    private func with(_ change: (inout SalesforceRewrite) -> Void) -> SalesforceRewrite {
        var copy = self
        change(&copy)
        return copy
    }

    /// A person saves the record in the browser; nothing is sent for it.
    private func browsed() -> SalesforceRewrite {
        with { $0.meddling = { org, id in try org.saveInBrowser(EveryField.object, id: id) } }
    }

    static let all = texts + moments + numbers + choices + records + odd

    static let texts: [SalesforceRewrite] = [
        .init(1, "text is trimmed", ["Text__c": .text("  a  b \n")], .holds(["Text__c": "a  b"])),
        .init(
            2, "other spaces stay", ["Text__c": .text("\u{A0}a\u{3000}")],
            .holds(["Text__c": "\u{A0}a\u{3000}"])),
        .init(3, "rich text keeps spaces", ["Rich__c": .text(" a ")], .holds(["Rich__c": " a "])),
        .init(4, "blank is null", ["Text__c": .text("  ")], .holds(["Text__c": nil])),
        .init(
            5, "email is lower case", ["Email__c": .text("Chloe.Myers@X.org")],
            .holds(["Email__c": "chloe.myers@x.org"])),
        .init(
            6, "an External id Keeps its case", [:],
            .holds(["External_Id__c": "6: an External id Keeps its case"])),
        .init(
            7, "a username is lower case", ["Username": .text("Ann@X.org")],
            .holds(["Username": "ann@x.org"])),
        .init(
            8, "a phone that the browser reformats", ["Phone__c": .text("12345678901")],
            .holds(["Phone__c": "12345678901"])
        ).browsed().with { $0.inTheEnd = ["Phone__c": "(234) 567-8901"] },
        .init(
            9, "a url as given", ["Url__c": .text("www.Example.com/ä")],
            .holds(["Url__c": "www.Example.com/ä"])),
        .init(
            10, "line ends that the browser changes", ["Area__c": .text("a\nb")],
            .holds(["Area__c": "a\nb"])
        ).browsed().with { $0.inTheEnd = ["Area__c": "a\r\nb"] },
        .init(
            11, "a line end on one line", ["Text__c": .text("a\r\nb")],
            .holds(["Text__c": "a b"])),
        .init(
            12, "rich text's entities, tags and paragraph",
            ["Rich__c": .text("Tom & Jerry's <blink>b</blink>")],
            .holds(["Rich__c": "Tom &amp; Jerry&#39;s b"])
        ).browsed().with { $0.inTheEnd = ["Rich__c": "<p>Tom &amp; Jerry&#39;s b</p>"] },
        .init(13, "too long", ["Short__c": .text("01234567890")], .parks("STRING_TOO_LONG")),
        .init(
            13, "bytes and entities of a comment",
            ["CommentBody": .text(String(repeating: "&", count: 9))], .parks("STRING_TOO_LONG")),
        .init(
            43, "HTML characters in plain text", ["Text__c": .text("<b>Tom & 'Jerry'</b>")],
            .holds(["Text__c": "<b>Tom & 'Jerry'</b>"])),
        .init(
            44, "no normalisation", ["Text__c": .text("e\u{301}")],
            .holds(["Text__c": "e\u{301}"])),
        .init(
            45, "five emoji in ten", ["Short__c": .text("😀😀😀😀😀")],
            .holds(["Short__c": "😀😀😀😀😀"])),
        .init(
            45, "six emoji in ten", ["Short__c": .text("😀😀😀😀😀😀")],
            .parks("STRING_TOO_LONG")),
        .init(
            46, "control characters", ["Text__c": .text("a\u{0}\u{B}b\tc")],
            .holds(["Text__c": "ab\tc"])),
        .init(47, "a text #N/A", ["Text__c": .text("#N/A")], .holds(["Text__c": "#N/A"])),
    ]

    static let moments: [SalesforceRewrite] = [
        .init(
            14, "milliseconds go", ["Moment__c": .text("2026-05-01T09:25:37.987+02:00")],
            .holds(["Moment__c": "2026-05-01T07:25:37.000+0000"])),
        .init(
            15, "an offset without colon", ["Moment__c": .text("2013-08-12T15:20:00+0000")],
            .holds(["Moment__c": "2013-08-12T15:20:00.000+0000"])),
        .init(
            16, "a datetime cut to its day", ["Day__c": .text("2026-01-02T23:30:00-08:00")],
            .holds(["Day__c": "2026-01-03"])),
        .init(
            16, "a day before 1700", ["Day__c": .text("1699-12-31")],
            .parks("NUMBER_OUTSIDE_VALID_RANGE")),
        .init(17, "a time", ["Time__c": .text("07:25")], .holds(["Time__c": "07:25:00.000Z"])),
    ]

    static let numbers: [SalesforceRewrite] = [
        .init(
            18, "decimals beyond the scale", ["Score__c": decimal("1.005")],
            .holds(["Score__c": .number("1.01")])),
        .init(
            19, "digits beyond fifteen", ["Number__c": decimal("123456789012345678")],
            .holds(["Number__c": .number("1.2345678901234568E17")])),
        .init(
            19, "digits before the point", ["Score__c": decimal("12345")],
            .parks("NUMBER_OUTSIDE_VALID_RANGE")),
        .init(
            20, "exponents", ["Amount__c": decimal("1.0E7")],
            .holds(["Amount__c": .number("1.0E7")])),
        .init(21, "a number as text", ["Int__c": .text("10000")], .holds(["Int__c": 10_000])),
        .init(
            22, "percent is not a fraction", ["Percent__c": decimal("50")],
            .holds(["Percent__c": .number("50.0")])),
        .init(
            23, "an amount when the currency changes",
            ["Amount__c": decimal("12.5"), "CurrencyIsoCode": .text("EUR")],
            .holds(["Amount__c": .number("12.5"), "CurrencyIsoCode": "EUR"])
        ).with {
            $0.meddling = { org, id in
                try org.edit(EveryField.object, id: id, ["CurrencyIsoCode": "USD"])
            }
            $0.laterSaves = 1
        },
        .init(
            35, "a binary fraction's tail", ["Amount__c": decimal("0.30000000000000004")],
            .holds(["Amount__c": .number("0.3")])),
    ]

    static let choices: [SalesforceRewrite] = [
        .init(24, "a checkbox is never null", ["Flag__c": .null], .holds(["Flag__c": false])),
        .init(
            25, "outside a restricted picklist", ["Tier__c": .text("Tin")],
            .parks("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")),
        .init(
            25, "outside a restricted multi-select", ["Strict__c": .text("Books;Boats")],
            .parks("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")),
        .init(26, "a pick's defined case", ["Pick__c": .text("pro")], .holds(["Pick__c": "Pro"])),
        .init(26, "an unknown pick", ["Pick__c": .text("Gold")], .holds(["Pick__c": "Gold"])),
        .init(27, "API names", ["Tier__c": .text("Pro")], .holds(["Tier__c": "Pro"])),
        .init(
            28, "definition order", ["Many__c": .list([.text("Wine"), .text("Books")])],
            .holds(["Many__c": "Books;Wine"])),
    ]
}

import Records
import Testing

/// A value that a field cannot hold, and what the refusal says.
struct LimitCase: CustomTestStringConvertible, Sendable {
    let name: String
    let field: FieldDescription
    let given: FieldValue
    let code: CoercionError.Code
    let detail: String

    init(
        _ name: String, _ field: FieldDescription, _ given: FieldValue, _ code: CoercionError.Code,
        _ detail: String
    ) {
        self.name = name
        self.field = field
        self.given = given
        self.code = code
        self.detail = detail
    }

    var testDescription: String { name }
}

@Suite struct LimitTests {
    static let tier = FieldDescription(
        name: "Tier__c", type: .picklist, length: 255, isRestrictedPicklist: true,
        picklistValues: ["Free", "Pro"])
    static let services = FieldDescription(
        name: "Services__c", type: .multipicklist, length: 4099, isRestrictedPicklist: true,
        picklistValues: ["Pay", "Charge"])
    static let comment = FieldDescription(name: "CommentBody", type: .textarea, length: 10)
    static let vault = FieldDescription(
        name: "Vault__c", type: .string, length: 20, isEncrypted: true)

    static let refused: [LimitCase] = [
        .init(
            "a text of eleven in ten", Field.text, .text("01234567890"), .tooLong,
            "11 characters, and the field holds 10"),
        .init(
            "six emoji are twelve", Field.text, .text("😀😀😀😀😀😀"), .tooLong,
            "12 characters, and the field holds 10"),
        .init(
            "a comment of ten characters and eleven bytes", comment, .text("012345678é"), .tooLong,
            "11 characters, and the field holds 10"),
        .init(
            "a comment's entities", comment, .text("012345&"), .tooLong,
            "11 characters, and the field holds 10"),
        .init(
            "a restricted pick", tier, .text("Gold"), .unknownChoice,
            "1 of 1 chosen is not among the 2 values of this restricted picklist"),
        .init(
            "restricted choices", services, texts("Pay", "Fly", "Swim"), .unknownChoice,
            "2 of 3 chosen is not among the 2 values of this restricted picklist"),
        .init(
            "a hundred and one choices", Field.choices, .list((0...100).map { .text("v\($0)") }),
            .tooLong, "101 values, and 100 are the most"),
        .init(
            "five digits in four", Field.score, number("12345.6"), .outOfRange,
            "5 digits before the decimal point, and the field holds 4"),
        .init(
            "nine digits in eight", Field.whole, number("123456789"), .outOfRange,
            "9 digits before the decimal point, and the field holds 8"),
        .init(
            "33 bits", Field.plainInt, number("2147483648"), .outOfRange,
            "10 digits are more than 32 bits hold"),
        .init(
            "the year 1699", Field.date, .text("1699-12-31"), .outOfRange,
            "outside the years 1700...4000"),
        .init(
            "no address", Field.email, .text("somebody"), .notAnAddress, "not an email address"),
        .init(
            "five question marks", vault, .text("?????"), .invalidValue,
            "an encrypted field does not take five question marks"),
        .init(
            "no id", Field.account, .text("Acme"), .malformedID,
            "not a record id of 15 or 18 characters with its checksum"),
        .init("no number", Field.score, .text("many"), .invalidValue, "not a decimal number"),
    ]

    @Test(arguments: refused)
    func whatAFieldCannotHoldIsRefusedWithItsSizeAndTheLimit(one: LimitCase) {
        let error = #expect(throws: CoercionError.self) { try one.field.coerce(one.given) }
        #expect(error?.code == one.code)
        #expect(error?.field == one.field.name)
        #expect(error?.detail == one.detail)
    }

    @Test func whatFitsIsNotRefused() {
        #expect(sent(Self.tier, .text("pro")) == .text("Pro"))
        #expect(sent(Self.tier, .null) == .null)
        #expect(sent(Self.services, texts("charge", "Pay")) == .text("Pay;Charge"))
        #expect(sent(Self.comment, .text("012345678a")) != nil)
        #expect(sent(Self.vault, .text("????")) != nil)
        #expect(sent(Field.text, .text("?????")) != nil)
    }

    @Test(arguments: [
        "a@b", "@b.de", "a@", "a@b@c.de", "a b@c.de", "a,b@c.de", "a@b..de", "a@b.", "a@.de",
        "<a@b.de>", "a;b@c.de", "\"a\"@b.de",
    ])
    func whatIsPlainlyNoAddressIsRefused(text: String) {
        #expect(sent(Field.email, .text(text)) == nil)
    }

    @Test(arguments: [
        "a@b.de", "A.B+tag@sub.example.com", "o'neil@example.org", "ü@exämple.de", "a_b-c@d-e.io",
        "!#$%&*/=?^`{|}~@x.yz", " a@b.de ",
    ])
    func anythingThatMayBeAnAddressIsLeftToSalesforce(text: String) {
        #expect(sent(Field.email, .text(text)) != nil)
    }

    /// A matcher looks for what could never be stored, and finds nothing; that the value is wrong
    /// is said where it would be written.
    @Test func aMatcherTakesTheTypeWithoutTheLimits() throws {
        #expect(try Field.text.typed(.text("01234567890")) == .text("01234567890"))
        #expect(try Field.email.typed(.text("somebody")) == .text("somebody"))
        #expect(try Self.tier.typed(.text("Gold")) == .text("Gold"))
        #expect(throws: CoercionError.self) { try Field.score.typed(.text("many")) }
    }
}

import Events
import Records
import SalesforceEmulator

/// A custom object with a field of every type that mirrors write, and the action that fills it.
enum EveryField {
    static let object = "Subscription__c"

    static let fields: [FieldSchema] = [
        .text("Text__c", "Text", 255), .text("Short__c", "Short", 10),
        .text("Robot__c", "Robot", 255), .area("Area__c", "Area"),
        .area("Long__c", "Long", 32_000), .rich("Rich__c", "Rich", 32_768),
        .email("Email__c", "Email"), .phone("Phone__c", "Phone"), .url("Url__c", "Url"),
        .int("Int__c", "Int"), .number("Number__c", "Number", .double, 18, 0),
        .number("Score__c", "Score", .double, 6, 2),
        .number("Amount__c", "Amount", .currency, 18, 2),
        .number("Percent__c", "Percent", .percent, 5, 2), .checkbox("Flag__c", "Flag"),
        .date("Day__c", "Day"), .dateTime("Moment__c", "Moment"), .time("Time__c", "Time"),
        .picklist("Pick__c", "Pick", ["Free", "Pro"]),
        .picklist("Tier__c", "Tier", ["Free", "Pro"]).restricted(),
        .picklist("Default__c", "Default", ["Free", "Pro"]).defaulted("Free"),
        .multipicklist("Many__c", "Many", ["Books", "Cars", "Wine"]),
        .multipicklist("Strict__c", "Strict", ["Books", "Cars", "Wine"]).restricted(),
        .combobox("Combo__c", "Combo", ["Call", "Email"]),
        .picklist("CurrencyIsoCode", "Currency", ["EUR", "USD"], length: 3).restricted()
            .defaulted("EUR"),
        .encrypted("Secret__c", "Secret", 20), .text("Vault__c", "Vault", 80).shielded(),
        .text("Username", "Username", 80).lowerCased(),
        .area("CommentBody", "Comment", 40).countedInBytes(),
        .lookup("Parent__c", "Parent", ["Contact"], as: "Parent__r"),
        .formula("Formula__c", "Formula", repeating: "Text__c"),
        .text("Hidden__c", "Hidden", 255),
    ]

    /// An org with the fields and every rewrite on.
    static var options: EmulatorOptions {
        var options = EmulatorOptions()
        for field in fields { options.schema.add(field, to: object) }
        options.settings.hasStateAndCountryPicklists = true
        options.settings.hasPersonAccounts = true
        options.settings.replacesLineEnds = true
        return options
    }

    /// The action that upserts `object`, found by the user id, from events of one kind.
    static func action(_ object: String, on kind: String, _ fields: [String]) -> String {
        let root = kind == "track" || kind == "page" ? "properties" : "traits"
        let mapped = fields.map { "\"\($0)\":\"$.\(root).\($0)\"" }.joined(separator: ",")
        return """
            {"name":"\(kind)","object":"\(object)","trigger":"type = \\"\(kind)\\"",\
            "operation":"upsert","matchers":{"External_Id__c":"$.userId"},"fields":{\(mapped)},\
            "from":"start"}
            """
    }

    /// An event of one kind that says these values of one key.
    static func event(
        _ key: String, kind: String = "identify", _ values: [String: FieldValue], time: Int64 = 0
    ) -> Event {
        let root = kind == "track" || kind == "page" ? "properties" : "traits"
        let text = """
            {"type":"\(kind)","event":"e","groupId":"g","userId":\(FieldValue.text(key).json),\
            "timestamp":"\(Timestamp.format(1_750_000_000_000 + time * 1_000))",\
            "\(root)":\(FieldValue.object(values).json)}
            """
        return Event(
            source: "web", messageID: "\(key)/\(time)", receivedAt: 1_760_000_000_000,
            bytes: Array(text.utf8))
    }
}

func decimal(_ text: String) -> FieldValue { DecimalNumber(text).map(FieldValue.number) ?? .null }

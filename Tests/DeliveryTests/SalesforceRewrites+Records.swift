import Records
import SalesforceEmulator

extension SalesforceRewrite {
    /// Rewrites that concern more than one field, or other objects.
    static let records: [SalesforceRewrite] = [
        .init(
            29, "a country completes its code", kind: "group",
            [
                "Name": .text("Acme"), "BillingCountry": .text("United States"),
                "BillingState": .text("California"),
            ], .holds(["BillingCountryCode": "US", "BillingStateCode": "CA"])),
        .init(
            29, "a state without a country", kind: "group",
            ["Name": .text("Acme"), "BillingState": .text("California")],
            .parks("FIELD_INTEGRITY_EXCEPTION")),
        .init(
            30, "a computed name", kind: "page",
            ["LastName": .text("Byron"), "Name": .text("Ada Byron")], .parks("rejected")),
        .init(
            31, "a person account's name", kind: "group",
            ["LastName": .text("Byron"), "Name": .text("Ada Byron")],
            .parks("INVALID_FIELD_FOR_INSERT_UPDATE")),
        .init(
            31, "a person account", kind: "group",
            ["FirstName": .text("Ada"), "LastName": .text("Byron")],
            .holds(["Name": "Ada Byron", "IsPersonAccount": true])),
        .init(
            32, "a compound address", kind: "page",
            [
                "LastName": .text("Byron"),
                "MailingAddress": .object(["city": .text("Bonn")]),
            ], .parks("INVALID_VALUE")),
        .init(
            33, "fifteen characters of an id", ["Parent__c": .text("PARENT")],
            .holds(["Parent__c": "PARENT"])),
        .init(
            33, "a wrong checksum", ["Parent__c": .text("0030000000000010AA")],
            .parks("MALFORMED_ID")),
        .init(
            34, "a lookup whose record goes", ["Parent__c": .text("DOOMED")],
            .holds(["Parent__c": "DOOMED"])
        ).deletingParent(),
        .init(
            36, "a probability beside its stage", kind: "track",
            [
                "Name": .text("Deal"), "StageName": .text("Prospecting"),
                "CloseDate": .text("2026-12-31"), "Probability": decimal("35"),
            ], .holds(["Probability": .number("35.0")])
        ).then(["StageName": .text("Closed Won")], saves: 1, ["IsWon": true]),
        .init(
            37, "assignment rules", ["Text__c": .text("mine")],
            .holds(["OwnerId": "INTEGRATION USER"])),
        .init(
            38, "a default where null was said", ["Default__c": .null],
            .holds(["Default__c": nil])),
        .init(
            38, "a default where nothing was said", ["Text__c": .text("x")],
            .holds(["Default__c": "Free"])),
        .init(39, "a formula", ["Formula__c": .text("x")], .parks("rejected")),
        .init(
            48, "a hidden field", ["Hidden__c": .text("x")], .parks("INVALID_FIELD")),
    ]

    /// Automation and encryption.
    static let odd: [SalesforceRewrite] = [
        // Written once more, because a person might have been the one; then it is known.
        .init(
            40, "a trigger that rewrites", ["Robot__c": .text("abc")],
            .holds(["Robot__c": "ABC"])
        ).saving(1),
        .init(41, "five question marks", ["Vault__c": .text("?????")], .parks("INVALID_VALUE")),
        .init(
            42, "a mask", ["Secret__c": .text("123-45-6789")],
            .holds(["Secret__c": "123-45-6789"])),
    ]

    private func then(
        _ later: [String: FieldValue], saves: Int, _ end: [String: JSON]
    ) -> SalesforceRewrite {
        var copy = saving(saves)
        copy.later = later
        copy.inTheEnd = end
        return copy
    }

    /// Emptied is a difference; what is wanted cannot be.
    private func deletingParent() -> SalesforceRewrite {
        var copy = self
        copy.meddling = { org, id in
            let parent = org.record(EveryField.object, id: id)?["Parent__c"]?.string
            try org.delete("Contact", id: parent ?? "")
        }
        copy.inTheEnd = ["Parent__c": nil]
        copy.endsAs = "ENTITY_IS_DELETED"
        return copy
    }

    private func saving(_ count: Int) -> SalesforceRewrite {
        var copy = self
        copy.laterSaves = count
        return copy
    }
}

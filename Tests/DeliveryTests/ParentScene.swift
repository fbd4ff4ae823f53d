import Events
import Foundation
import SalesforceEmulator

@testable import Delivery

/// Rules and events about contacts, their accounts and the accounts above those.
enum ParentScene {
    static func lookup(
        _ field: String = "External_Id__c", _ path: String = "$.traits.account",
        more: String = ""
    ) -> String {
        #"{"lookup":{"object":"Account","field":"\#(field)","value":"\#(path)"\#(more)}}"#
    }

    static func action(
        _ object: String, on kind: String, matchers: String, fields: String
    ) -> String {
        """
        {"name":"\(object) on \(kind)","object":"\(object)","trigger":"type = \\"\(kind)\\"",\
        "operation":"upsert","matchers":{\(matchers)},"fields":{\(fields)},"from":"start"}
        """
    }

    /// Accounts by their external id, with the account above: several levels of one object.
    static let accounts = action(
        "Account", on: "group", matchers: #""External_Id__c":"$.groupId""#,
        fields: """
            "Name":"$.traits.name",\
            "ParentId":\(lookup("External_Id__c", "$.traits.parent"))
            """)

    static func contacts(_ lookup: String = lookup()) -> String {
        action(
            "Contact", on: "identify", matchers: #""Email":"$.traits.email""#,
            fields: #""LastName":"$.traits.last","AccountId":\#(lookup)"#)
    }

    /// One level more: an opportunity that needs its account.
    static let rules = contacts() + "," + accounts

    static func account(
        _ id: String, parent: String? = nil, name: String? = nil, time: Int64 = 0
    ) -> Event {
        let parent = parent.map { #","parent":"\#($0)""# } ?? ""
        return event(
            "group", "\(id)/\(time)\(parent)", time: time,
            #""groupId":"\#(id)","userId":"u","traits":{"name":"\#(name ?? "Firm \(id)")"\#(parent)}"#
        )
    }

    static func contact(
        _ number: Int, account: String?, last: String? = nil, time: Int64 = 0
    ) -> Event {
        let account = account.map { #""\#($0)""# } ?? "null"
        return event(
            "identify", "\(number)/\(time)/\(account)", time: time,
            """
            "userId":"u\(number)","traits":{"email":"p\(number)@example.com",\
            "last":"\(last ?? "Lee\(number)")","account":\(account)}
            """)
    }

    private static func event(
        _ kind: String, _ id: String, time: Int64, _ rest: String
    ) -> Event {
        let timestamp = Timestamp.format(1_750_000_000_000 + time * 1_000)
        let text = #"{"type":"\#(kind)","timestamp":"\#(timestamp)",\#(rest)}"#
        return Event(
            source: "web", messageID: "\(kind)/\(id)", receivedAt: 1_760_000_000_000,
            bytes: Array(text.utf8))
    }
}

extension DeliveryBench {
    func send(_ events: [Event]) async throws { _ = try await log.append(events) }

    /// `email → external id of the account`, of every contact, sorted.
    func employments() -> [String] {
        let names = accountNames()
        return org.records(of: "Contact").map { contact in
            let account = contact["AccountId"]?.string.map { names[$0] ?? "?" } ?? "-"
            return "\(contact["Email"]?.string ?? "-") → \(account)"
        }.sorted()
    }

    /// `external id → external id of the account above`, of every account, sorted.
    func hierarchy() -> [String] {
        let names = accountNames()
        return org.records(of: "Account").map { account in
            let parent = account["ParentId"]?.string.map { names[$0] ?? "?" } ?? "-"
            return "\(account["External_Id__c"]?.string ?? "-") → \(parent)"
        }.sorted()
    }

    private func accountNames() -> [String: String] {
        var names: [String: String] = [:]
        for account in org.records(of: "Account") {
            guard let id = account["Id"]?.string else { continue }
            names[id] = account["External_Id__c"]?.string ?? account["Name"]?.string
        }
        return names
    }

    /// The messages of all parked keys, sorted.
    func parkedMessages() throws -> [String] {
        try projector.state.records(after: 0, countMax: .max).compactMap { record in
            guard case .parked(let parking) = record.delivery.status else { return nil }
            return parking.message
        }.sorted()
    }
}

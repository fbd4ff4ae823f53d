import EventLog
import Events
import Projection
import Records
import SalesforceEmulator
import Testing

@testable import Delivery

/// What people do to records that keys are linked to: the link is healed, or the key is parked,
/// once, and nobody is fought.
@Suite struct PeoplesChangesTests {
    private func id(_ bench: DeliveryBench, _ object: String = "Contact") throws -> String {
        try #require(bench.org.records(of: object).first?["Id"]?.string)
    }

    private func link(_ bench: DeliveryBench) throws -> String? {
        try bench.projector.state.records(after: 0, countMax: 1).first?.delivery.link?.description
    }

    private func parking(_ bench: DeliveryBench) throws -> Parking? {
        let record = try bench.projector.state.records(after: 0, countMax: 1).first
        guard case .parked(let parking)? = record?.delivery.status else { return nil }
        return parking
    }

    // MARK: Merged

    /// The winner carries another address: no matcher would ever find it.
    @Test(arguments: [1, 3])
    func aMergedRecordIsFollowedToItsWinner(_ mergeCount: Int) async throws {
        try await withDelivery { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            var current = try id(bench)
            for number in 0..<mergeCount {
                let email = JSON.string("w\(number)@example.com")
                let winner = try bench.org.seed(
                    "Contact", [["Email": email, "LastName": "Winner"]])[0]
                try bench.org.merge("Contact", winner: winner, loser: current)
                current = winner
            }
            try await bench.send(TestPerson(1, first: "Bea", time: 10))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Bea Lee1"])
            #expect(bench.writes() == ["create Contact", "update Contact"])
            #expect(try link(bench) == current)
            let relinked = try bench.outcomes().flatMap { $0.relinked ?? [] }
            #expect(relinked.map(\.to.description) == [current])
            #expect(relinked.map(\.reason) == [.merged])
        }
    }

    /// The winner agrees already: nothing is written, and the link is the winner from now on.
    @Test func aWinnerThatAgreesIsLinkedWithoutAWrite() async throws {
        try await withDelivery { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            let loser = try id(bench)
            let winner = try bench.org.seed(
                "Contact",
                [["Email": "p1@example.com", "FirstName": "Ann", "LastName": "Lee1"]])[0]
            try bench.org.merge("Contact", winner: winner, loser: loser)
            try await bench.send(TestPerson(1, time: 10, id: "again"))
            try await bench.settle()
            #expect(try link(bench) == winner)
            #expect(bench.writes() == ["create Contact"])
        }
    }

    /// Matchers find one record and the merge leads to another: that is for a person to decide.
    @Test func aWinnerBesideAnotherMatchIsAmbiguous() async throws {
        try await withDelivery { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            let loser = try id(bench)
            let ids = try bench.org.seed(
                "Contact",
                [
                    ["Email": "w@example.com", "LastName": "Winner"],
                    ["Email": "p1@example.com", "LastName": "Twin"],
                ])
            try bench.org.merge("Contact", winner: ids[0], loser: loser)
            try await bench.send(TestPerson(1, first: "Bea", time: 10))
            try await bench.settle()
            #expect(Set(try parking(bench)?.recordIDs.map(\.description) ?? []) == Set(ids))
            #expect(bench.writes() == ["create Contact"])
        }
    }

    // MARK: Deleted

    @Test func aRecordThatPeopleDeleteTwiceIsNotMadeAThirdTime() async throws {
        try await withDelivery { bench in
            for (time, first) in [(1, "A"), (2, "B")] {
                try await bench.send(TestPerson(1, first: first, time: Int64(time)))
                try await bench.settle()
                #expect(bench.contacts() == ["p1@example.com \(first) Lee1"])
                try bench.org.delete("Contact", id: try id(bench))
                // Nothing asks for it: nothing is made.
                try await bench.settle()
                #expect(bench.contacts().isEmpty)
            }
            for (time, first) in [(3, "C"), (4, "D")] {
                try await bench.send(TestPerson(1, first: first, time: Int64(time)))
                try await bench.settle()
                #expect(try parking(bench)?.reason == .deleted)
                #expect(try parking(bench)?.status == 404)
            }
            #expect(bench.writes() == ["create Contact", "create Contact"])
            // A person can want it after all.
            let key = try #require(try bench.projector.state.records(after: 0, countMax: 1).first)
            try await bench.decide(.retry(keys: [key.reference]))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com D Lee1"])
        }
    }

    // MARK: Converted

    @Test func aConvertedLeadIsParkedWithItsContactAndNeverWritten() async throws {
        let action = TestRules.byEmail
            .replacing("\"object\":\"Contact\"", with: "\"object\":\"Lead\"")
            .replacing("\"fields\":{", with: "\"fields\":{\"Company\":\"Acme\",")
        try await withDelivery(action) { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            let lead = try id(bench, "Lead")
            let conversion = try bench.org.convert(lead: lead)
            for (time, first) in [(1, "B"), (2, "C")] {
                try await bench.send(TestPerson(1, first: first, time: Int64(time)))
                try await bench.settle()
                let parking = try #require(try parking(bench))
                #expect(parking.reason == .converted)
                #expect(parking.recordIDs.map(\.description) == [lead, conversion.contact])
            }
            #expect(bench.writes() == ["create Lead"])
            #expect(bench.org.record("Lead", id: lead)?["FirstName"] == "Ann")
        }
    }

    /// Converted between the look and the write.
    @Test func aLeadConvertedMeanwhileIsLookedAtAgain() async throws {
        let action = TestRules.byEmail
            .replacing("\"object\":\"Contact\"", with: "\"object\":\"Lead\"")
            .replacing("\"fields\":{", with: "\"fields\":{\"Company\":\"Acme\",")
        try await withDelivery(action) { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            try bench.org.convert(lead: try id(bench, "Lead"))
            bench.org.inject(
                Fault(
                    on: .update,
                    .itemErrors([
                        ItemError(
                            index: 0, code: "CANNOT_UPDATE_CONVERTED_LEAD",
                            message: "cannot reference converted lead")
                    ])))
            try await bench.send(TestPerson(1, first: "B", time: 10))
            try await bench.settle()
            #expect(try parking(bench)?.reason == .converted)
        }
    }

    private static func person(_ object: String, _ fields: String) -> String {
        TestRules.action(
            name: object, matchers: #""External_Id__c":"$.userId""#, fields: fields
        ).replacing("\"object\":\"Contact\"", with: "\"object\":\"\(object)\"")
    }

    private static let leads = person("Lead", #""Company":"Acme",\#(TestRules.fields)"#)
    private static let contacts = person("Contact", TestRules.fields)
    private static let accounts = person("Account", #""Name":"$.traits.last""#)

    /// The contact of the conversion has no external id: only the lead leads to it.
    @Test(arguments: [true, false])
    func aConvertedLeadIsFollowedWhereThatIsConfigured(_ isFollowed: Bool) async throws {
        let settings = DeliverySettings.test { $0.following = isFollowed ? .contact : nil }
        try await withDelivery(Self.leads, settings: settings) { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            let lead = try id(bench, "Lead")
            let made = try bench.org.convert(lead: lead)
            try await bench.engine.configure(
                TestRules.actions(Self.leads + "," + Self.contacts))
            for (time, first) in [(10, "Bea"), (20, "Cher")] {
                try await bench.send(TestPerson(1, first: first, time: Int64(time)))
                #expect(try await bench.settle().isComplete)
            }
            #expect(bench.org.record("Lead", id: lead)?["FirstName"] == "Ann")
            let keys = try bench.projector.state.records(after: 0, countMax: .max)
            let contact = try #require(keys.first { $0.object == "Contact" })
            guard isFollowed else {
                #expect(bench.contacts().count == 2)
                #expect(contact.delivery.link?.description != made.contact)
                #expect(try await bench.keys() == ["u1 parked/converted", "u1 settled"])
                return
            }
            #expect(bench.contacts() == ["p1@example.com Cher Lee1"])
            #expect(contact.delivery.link?.description == made.contact)
            #expect(bench.org.record("Contact", id: made.contact)?["FirstName"] == "Cher")
            #expect(try await bench.keys() == ["u1 settled", "u1 settled"])
            let relinked = try bench.outcomes().flatMap { $0.relinked ?? [] }
            #expect(relinked.map(\.from.description) == [lead])
            #expect(relinked.map(\.reason) == [.converted])
        }
    }

    @Test func aConvertedLeadIsFollowedToItsAccount() async throws {
        let settings = DeliverySettings.test { $0.following = .account }
        try await withDelivery(Self.leads, settings: settings) { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            let made = try bench.org.convert(lead: try id(bench, "Lead"))
            try await bench.engine.configure(
                TestRules.actions(Self.leads + "," + Self.accounts))
            try await bench.settle()
            #expect(bench.org.records(of: "Account").map { $0["Name"] } == ["Lee1"])
            #expect(bench.org.record("Account", id: made.account)?["Name"] == "Lee1")
        }
    }

    /// Nobody takes over: the lead is parked as ever, and looked at once an event.
    @Test func aConvertedLeadThatNoKeyTakesOverIsParked() async throws {
        let settings = DeliverySettings.test { $0.following = .contact }
        try await withDelivery(Self.leads, settings: settings) { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            try bench.org.convert(lead: try id(bench, "Lead"))
            try await bench.send(TestPerson(1, first: "B", time: 10))
            try await bench.settle()
            #expect(try parking(bench)?.reason == .converted)
            #expect(bench.writes() == ["create Lead"])
        }
    }

    // MARK: Duplicates

    /// The create was executed, its answer lost, and the address changed by somebody since: only
    /// the unique field shows that the record is there.
    @Test func aDuplicateOfOurOwnMakingIsAdopted() async throws {
        let action = TestRules.action(
            fields: TestRules.fields + #","External_Id__c":"$.userId""#)
        try await withDelivery(action) { bench in
            bench.org.inject(Fault(on: .create, .cutAfter))
            try await bench.send(TestPerson(1))
            try await bench.settle()
            let made = try id(bench)
            try bench.org.edit("Contact", id: made, ["Email": "changed@example.com"])
            bench.passFence()
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
            #expect(try link(bench) == made)
            #expect(try await bench.keys() == ["p1@example.com settled"])
        }
    }

    /// Without a doubt before, it is somebody else's record: never adopted, parked with its id.
    @Test func aDuplicateThatNoMatcherFindsIsParkedWithItsRecord() async throws {
        let action = TestRules.action(
            fields: TestRules.fields + #","External_Id__c":"$.userId""#)
        try await withDelivery(action) { bench in
            let other = try bench.org.seed(
                "Contact", [["LastName": "Other", "External_Id__c": "u1"]])[0]
            try await bench.send(TestPerson(1))
            try await bench.settle()
            let parking = try #require(try parking(bench))
            #expect(parking.code == "DUPLICATE_VALUE")
            #expect(parking.recordIDs.map(\.description) == [other])
            // Looked once more, and no oftener.
            #expect(bench.org.statistics.calls[.create] == 2)
            #expect(bench.contacts() == ["- - Other"])
        }
    }

    @Test func whatADuplicateRuleRefusesIsParkedWithTheMatches() async throws {
        try await withDelivery { bench in
            bench.org.add(
                DuplicateRule(
                    name: "Contacts_DR", object: "Contact", matchingRule: "Contact_MR",
                    fields: ["LastName"], action: .block))
            let other = try bench.org.seed(
                "Contact", [["Email": "o@example.com", "LastName": "Lee1"]])[0]
            try await bench.send(TestPerson(1), TestPerson(2))
            try await bench.settle()
            #expect(
                try await bench.keys() == [
                    "p1@example.com parked/duplicate", "p2@example.com settled",
                ])
            #expect(try parking(bench)?.recordIDs.map(\.description) == [other])
            #expect(bench.contacts() == ["o@example.com - Lee1", "p2@example.com Ann Lee2"])
        }
    }
}

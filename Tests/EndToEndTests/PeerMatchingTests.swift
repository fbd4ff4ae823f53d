import Foundation
import SalesforceEmulator
import Testing

/// What other tools are known to get wrong when they look for a record, done right here. Each test
/// says what happened elsewhere; `docs/known-weaknesses.md` lists all.
extension EndToEnd {
    @Suite struct PeerMatchingTests: PeerWeakness {
        /// Elsewhere a backslash was not escaped: the query broke, or looked for another text.
        @Test(arguments: [#"ACME\"#, #"CORP\nick"#, #"a\' OR Id != null"#, #"\%_"#])
        func aBackslashIsAPartOfTheMatcherValue(value: String) async throws {
            let written = value.replacing(#"\"#, with: #"\\"#)
            try await play(
                Self.action(
                    "upsert", matchers: "{ External_Id__c: $.traits.ext }",
                    fields: ["Plan__c: $.traits.plan"]),
                seeds: [
                    ("Contact", ["LastName": "A", "External_Id__c": .string(value)]),
                    ("Contact", ["LastName": "B", "External_Id__c": "other"]),
                ],
                [Self.event(1, #""ext":"\#(written)","plan":"pro""#)]
            ) { org, ids, _, _ in
                #expect(org.count(of: "Contact") == 2)
                #expect(org.record("Contact", id: ids[0])?["Plan__c"]?.string == "pro")
                #expect(org.truth.filter { $0.author == .api }.count == 1)
            }
        }

        /// Elsewhere a condition whose value was missing vanished, and the rest matched whom it
        /// pleased.
        @Test(arguments: ["update", "delete"])
        func aMissingConditionOfAnAndTouchesNobody(operation: String) async throws {
            try await play(
                Self.action(
                    operation,
                    matchers: "{ Email: $.traits.email, External_Id__c: $.traits.ext }",
                    operator: "and",
                    fields: operation == "delete" ? [] : ["LastName: $.traits.last_name"]),
                seeds: [("Contact", ["LastName": "A", "Email": "a@b.co"])],
                [
                    Self.event(1, #""email":"a@b.co","last_name":"B""#),
                    Self.event(2, #""email":"a@b.co","last_name":"B","ext":null"#),
                    Self.event(3, #""email":"a@b.co","last_name":"B","ext":"""#),
                ]
            ) { org, ids, _, workspace in
                #expect(org.record("Contact", id: ids[0])?["LastName"]?.string == "A")
                #expect(org.truth.allSatisfy { $0.author == .person })
                let skipped = try await workspace.tidemark("log", "--skipped")
                let reason = "the record matcher External_Id__c has no value"
                #expect(skipped.output.components(separatedBy: reason).count == 4)
            }
        }

        /// Elsewhere the id went into the path as it was, and the path led to another record.
        @Test(arguments: ["update", "delete"])
        func anIdThatIsAPathIsNeverSent(operation: String) async throws {
            try await play(
                Self.action(
                    operation, matchers: "{ Id: $.traits.id }",
                    fields: operation == "delete" ? [] : ["LastName: $.traits.last_name"]),
                seeds: [("Account", ["Name": "Victim"])],
                [Self.event(1, #""id":"../Account/001VICTIM","last_name":"x""#)]
            ) { org, _, _, workspace in
                #expect(org.count(of: "Account") == 1)
                #expect(org.truth.allSatisfy { $0.author == .person })
                let skipped = try await workspace.tidemark("log", "--skipped")
                #expect(skipped.output.contains("the value of matcher Id cannot be"))
            }
        }

        /// Elsewhere the object's name went into the path too.
        @Test func anObjectThatIsAPathIsAMistakeOfTheConfiguration() async throws {
            var text = ConfigurationText("http://127.0.0.1:1")
            text.actions = Self.action(
                "update", matchers: "{ Email: $.traits.email }",
                object: "Account/../../../tooling/sobjects/ApexClass")
            try await Workspace.with(text) { workspace in
                let exit = try await workspace.tidemark("sync")
                #expect(exit.status == 78)
                #expect(exit.errors.contains("is not an object's API name"), "\(exit.errors)")
            }
        }

        /// Elsewhere an empty value was looked for, and found the first record without one.
        @Test func anEmptyMatcherMatchesNobody() async throws {
            try await play(
                Self.action("update", matchers: "{ Email: $.traits.email }"),
                seeds: [("Contact", ["LastName": "A"])],
                [Self.event(1, #""email":"","last_name":"B""#)]
            ) { org, ids, _, _ in
                #expect(org.record("Contact", id: ids[0])?["LastName"]?.string == "A")
            }
        }

        /// Elsewhere every value was put in quotes, which Salesforce refuses for these types.
        @Test(
            arguments: [
                ("Signup_Date__c", #""2024-05-01""#, JSON.string("2024-05-01")),
                ("Score__c", #""7.50""#, JSON.number("7.5")), ("VIP__c", "true", JSON.bool(true)),
                ("Last_Seen__c", #""2024-05-01T10:00:00Z""#, "2024-05-01T10:00:00Z"),
            ])
        func aFieldOfAnyTypeIsAMatcher(field: String, sent: String, stored: JSON) async throws {
            try await play(
                Self.action(
                    "update", matchers: "{ \(field): $.traits.value }",
                    fields: ["Plan__c: $.traits.plan"]),
                seeds: [
                    ("Contact", .object([JSON.Member("LastName", "A"), .init(field, stored)]))
                ],
                [Self.event(1, #""value":\#(sent),"plan":"pro""#)]
            ) { org, ids, _, _ in
                #expect(org.record("Contact", id: ids[0])?["Plan__c"]?.string == "pro")
            }
        }

        /// Elsewhere the point of a relationship path was dropped from it.
        @Test func aRelationshipPathIsAMatcher() async throws {
            try await EmulatorServer.withRunning { emulator in
                let org = emulator.org
                let account = try org.seed("Account", [["Name": "A", "External_Id__c": "acc"]])
                let contact = try org.seed(
                    "Contact", [["LastName": "A", "AccountId": .string(account[0])]])
                var text = ConfigurationText(emulator.baseURL)
                text.actions = Self.action(
                    "update", matchers: "{ Account.External_Id__c: $.traits.account }",
                    fields: ["Plan__c: $.traits.plan"])
                try await Workspace.with(text) { workspace in
                    _ = try await deliver(
                        [Self.event(1, #""account":"ACC","plan":"pro""#)], workspace)
                    #expect(org.record("Contact", id: contact[0])?["Plan__c"]?.string == "pro")
                }
            }
        }

        /// Elsewhere an upsert by the id of a record that is gone made a new one each time.
        @Test func anUpsertByTheIdOfNobodyCreatesNothing() async throws {
            try await play(
                Self.action("upsert", matchers: "{ Id: $.traits.id }"),
                [Self.event(1, #""id":"003000000000001AAA","last_name":"x""#)]
            ) { org, _, result, _ in
                #expect(org.count(of: "Contact") == 0)
                #expect(result.int("$.parked['not-found']") == 1)
            }
        }

        /// Elsewhere one broad match cost a page of records for each event.
        @Test func aBroadMatchIsToldOnceAndWritesNothing() async throws {
            let seeds = (0..<40).map { number in
                (
                    object: "Contact",
                    fields: ["LastName": .string("\(number)"), "Region__c": "EU"] as JSON
                )
            }
            try await play(
                Self.action("upsert", matchers: "{ Region__c: $.traits.region }"), seeds: seeds,
                (1...5).map { Self.event($0, #""region":"EU","last_name":"x\#($0)""#) }
            ) { org, _, result, _ in
                #expect(org.truth.allSatisfy { $0.author == .person })
                #expect(result.int("$.parked.ambiguous") == 1)
                #expect((org.statistics.calls[.query] ?? 0) <= 2)
            }
        }

        /// Elsewhere two events about a new person at once made two records, and the key was stuck
        /// on 300 from then on.
        @Test func eventsAtOnceAboutOnePersonMakeOneRecord() async throws {
            let events = (0..<100).map { number in
                Self.event(
                    number,
                    #""email":"p\#(number % 25)@b.co","last_name":"L\#(number / 25)""#
                ).replacing(#""timestamp":"2025-01-01T00:00:\#(10 + number)Z","#, with: "")
            }
            try await play(Self.action("upsert", matchers: "{ Email: $.traits.email }"), events) {
                org, _, result, _ in
                #expect(org.count(of: "Contact") == 25)
                #expect(org.contactsByEmail.count == 25)
                #expect(result.int("$.created") == 25)
            }
        }

        /// Elsewhere a second delivery of a delete was an error.
        @Test func aDeleteTwiceIsNoError() async throws {
            try await play(
                Self.action("delete", matchers: "{ Email: $.traits.email }", fields: []),
                seeds: [("Contact", ["LastName": "A", "Email": "a@b.co"])],
                [Self.event(1, #""email":"a@b.co""#)]
            ) { org, _, result, workspace in
                #expect(org.count(of: "Contact") == 0)
                #expect(result.int("$.deleted") == 1)
                let again = try await deliver([Self.event(2, #""email":"a@b.co""#)], workspace)
                #expect(again.int("$.failed") == 0)
                #expect(again.int("$.deleted") == 0)
            }
        }

        /// Elsewhere whichever request came last won, and an update before its create was lost.
        @Test func eventsOutOfOrderEndWithTheLatestValues() async throws {
            try await play(
                Self.action("upsert", matchers: "{ Email: $.traits.email }"),
                [
                    Self.event(5, #""email":"a@b.co","last_name":"New""#),
                    Self.event(1, #""email":"a@b.co","last_name":"Old""#),
                ]
            ) { org, _, _, workspace in
                #expect(org.contactsByEmail["a@b.co"]?.first?["LastName"]?.string == "New")
                _ = try await deliver(
                    [Self.event(2, #""email":"a@b.co","last_name":"Older""#)], workspace)
                #expect(org.contactsByEmail["a@b.co"]?.first?["LastName"]?.string == "New")
            }
        }

        /// Elsewhere nothing to write cost a query and an empty write.
        @Test func nothingToWriteWritesNothing() async throws {
            try await play(
                Self.action("upsert", matchers: "{ Email: $.traits.email }"),
                seeds: [("Contact", ["LastName": "A", "Email": "a@b.co"])],
                [Self.event(1, #""email":"A@B.co","last_name":" A ""#)]
            ) { org, _, result, _ in
                #expect(org.writingCallCount == 0)
                #expect(result.int("$.unchanged") == 1)
            }
        }
    }
}

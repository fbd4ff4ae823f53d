import SalesforceEmulator
import Testing

/// What other tools are known to get wrong with the values that they write, and when they try
/// again, done right here. Each test says what happened elsewhere; `docs/known-weaknesses.md` lists
/// all.
extension EndToEnd {
    @Suite struct PeerValueTests: PeerWeakness {
        private static let pair = Self.action(
            "upsert", matchers: "{ Email: $.traits.email }",
            fields: ["LastName: $.traits.last_name", "Phone: $.traits.phone"])

        /// Elsewhere an update of a known lead overwrote its name and company with "n/a".
        @Test func aValueThatNobodySentIsNotMadeUp() async throws {
            try await play(
                Self.action(
                    "upsert", matchers: "{ Email: $.traits.email }", object: "Lead",
                    fields: [
                        "LastName: $.traits.last_name", "Company: $.traits.company",
                        "Phone: $.traits.phone",
                    ]),
                seeds: [("Lead", ["LastName": "Gibbons", "Company": "ACME", "Email": "g@b.co"])],
                [Self.event(1, #""email":"g@b.co","phone":"123""#)]
            ) { org, ids, _, _ in
                let lead = org.record("Lead", id: ids[0])
                #expect(lead?["LastName"]?.string == "Gibbons")
                #expect(lead?["Company"]?.string == "ACME")
                #expect(lead?["Phone"]?.string == "123")
            }
        }

        /// Elsewhere all of a batch was looked for before any of it was written, and a person who
        /// was in it twice was created twice.
        @Test func aPersonWhoIsTwiceInABatchIsCreatedOnce() async throws {
            let events = (0..<200).map { number in
                Self.event(
                    number % 50, #""email":"p\#(number % 50)@b.co","last_name":"L\#(number / 50)""#
                ).replacing(#""messageId":"m"#, with: #""messageId":"\#(number / 50)-"#)
            }
            try await EmulatorServer.withRunning { emulator in
                let org = emulator.org
                var text = ConfigurationText(emulator.baseURL)
                text.actions = Self.pair
                try await Workspace.with(text) { workspace in
                    try await Server.run(workspace) { server in
                        let batch = #"{"batch":["# + events.joined(separator: ",") + "]}"
                        let answer = try await server.post("/v1/batch", batch)
                        #expect(answer.body.int("$.accepted") == 200)
                        try await server.settled()
                        #expect(org.count(of: "Contact") == 50)
                        #expect(org.contactsByEmail.count == 50)
                        let names = Set(org.records(of: "Contact").map { $0["LastName"]?.string })
                        #expect(names == ["L3"])
                    }
                }
            }
        }

        /// Elsewhere an apostrophe in an address broke the query, and some texts changed it.
        @Test func anApostropheIsPartOfTheAddress() async throws {
            try await play(
                Self.pair,
                seeds: [
                    ("Contact", ["LastName": "A", "Email": "o'brien@x.com"]),
                    ("Contact", ["LastName": "B", "Email": "b@bigco.com"]),
                ],
                [
                    Self.event(1, #""email":"o'brien@x.com","phone":"1""#),
                    Self.event(2, #""email":"x' OR Email LIKE '%@bigco.com","phone":"2""#),
                ]
            ) { org, ids, _, _ in
                #expect(org.record("Contact", id: ids[0])?["Phone"]?.string == "1")
                #expect(org.record("Contact", id: ids[1])?["Phone"]?.string == nil)
                #expect(org.count(of: "Contact") == 2)
            }
        }

        /// Elsewhere a record that another process had locked was given up.
        @Test func aLockedRecordIsTriedAgain() async throws {
            try await updateThrough(.lockRow(items: nil))
        }

        /// Elsewhere a full server, a bad gateway and a request that took too long were final.
        @Test(
            arguments: [
                FaultEffect.status(429, code: "TOO_MANY_REQUESTS", message: "slow down"),
                .raw(502, body: "<html>bad gateway</html>", contentType: "text/html"),
                .raw(504, body: "", contentType: "text/html"),
                .raw(408, body: "", contentType: "text/plain"),
            ])
        func aServerThatCannotNowIsAskedAgain(effect: FaultEffect) async throws {
            try await updateThrough(effect)
        }

        /// An update that comes through although its first call fails so.
        private func updateThrough(_ effect: FaultEffect) async throws {
            try await EmulatorServer.withRunning { emulator in
                let org = emulator.org
                let ids = try org.seed("Contact", [["LastName": "A", "Email": "a@b.co"]])
                org.inject(Fault(on: .update, effect))
                var text = ConfigurationText(emulator.baseURL)
                text.actions = Self.pair
                try await Workspace.with(text) { workspace in
                    try workspace.write(
                        "events.ndjson", Self.event(1, #""email":"a@b.co","phone":"1""#) + "\n")
                    _ = try await workspace.json("ingest", "events.ndjson")
                    try await Server.run(workspace) { _ in
                        try await eventually("the phone number is there") {
                            let phone = org.record("Contact", id: ids[0])?["Phone"]?.string
                            return phone == "1" ? () : nil
                        }
                    }
                }
            }
        }

        /// Elsewhere the first hit of a search was taken, whoever it was.
        @Test func aRecordThatOnlyLooksAlikeIsLeftAlone() async throws {
            try await play(
                Self.pair,
                seeds: [("Contact", ["LastName": "A", "Email": "joann@b.co"])],
                [Self.event(1, #""email":"ann@b.co","last_name":"Ann""#)]
            ) { org, ids, _, _ in
                #expect(org.record("Contact", id: ids[0])?["LastName"]?.string == "A")
                #expect(org.contactsByEmail["ann@b.co"]?.count == 1)
            }
        }

        /// Elsewhere a value with `&`, `#` or `+` was cut off in the query's address, found nothing
        /// and was created again.
        @Test(arguments: ["q=A&B #1+2", "100% +ä;/?"])
        func aValueIsNotCutOffOnItsWay(value: String) async throws {
            try await play(
                Self.action(
                    "upsert", matchers: "{ External_Id__c: $.traits.ext }",
                    fields: ["LastName: $.traits.last_name"]),
                seeds: [("Contact", ["LastName": "A", "External_Id__c": .string(value)])],
                [Self.event(1, #""ext":"\#(value)","last_name":"B""#)]
            ) { org, ids, _, _ in
                #expect(org.count(of: "Contact") == 1)
                #expect(org.record("Contact", id: ids[0])?["LastName"]?.string == "B")
            }
        }

        /// Elsewhere a field's name in another case than Salesforce's found nothing.
        @Test func theCaseOfAFieldsNameDoesNotMatter() async throws {
            try await play(
                Self.action(
                    "upsert", matchers: "{ external_id__C: $.traits.ext }",
                    fields: ["lastname: $.traits.last_name"]),
                seeds: [("Contact", ["LastName": "A", "External_Id__c": "e1"])],
                [Self.event(1, #""ext":"e1","last_name":"B""#)]
            ) { org, ids, _, _ in
                #expect(org.count(of: "Contact") == 1)
                #expect(org.record("Contact", id: ids[0])?["LastName"]?.string == "B")
            }
        }

        /// Elsewhere false, 0, the empty text and null were dropped: a checkbox could never be
        /// cleared.
        @Test func falseZeroEmptyAndNullAreValues() async throws {
            try await play(
                Self.action(
                    "upsert", matchers: "{ Email: $.traits.email }",
                    fields: [
                        "VIP__c: $.traits.vip", "Score__c: $.traits.score",
                        "Plan__c: $.traits.plan", "Region__c: $.traits.region",
                    ]),
                seeds: [
                    (
                        "Contact",
                        [
                            "LastName": "A", "Email": "a@b.co", "VIP__c": true, "Score__c": 5,
                            "Plan__c": "pro", "Region__c": "EU",
                        ]
                    )
                ],
                [Self.event(1, #""email":"a@b.co","vip":false,"score":0,"plan":null,"region":"""#)]
            ) { org, ids, _, _ in
                let contact = org.record("Contact", id: ids[0])
                #expect(contact?["VIP__c"] == .bool(false))
                #expect(contact?["Plan__c"] == .null)
                #expect(contact?["Region__c"] == .null)
                let score = org.truth.last?.fields["Score__c"]
                #expect(
                    score == .number("0") || score == .number("0.0"), "\(String(describing: score))"
                )
            }
        }

        /// Elsewhere system fields were put into the write, which then failed.
        @Test func aFieldThatNobodyMayWriteIsAMistakeOfTheConfiguration() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions = Self.action(
                    "upsert", matchers: "{ Email: $.traits.email }",
                    fields: ["LastName: $.traits.last_name", "CreatedDate: $.traits.created_at"])
                try await Workspace.with(text) { workspace in
                    let exit = try await workspace.tidemark("check")
                    #expect(exit.status == 2)
                    #expect(exit.output.contains("CreatedDate"))
                }
            }
        }

        /// Elsewhere an external id without a type ended the event.
        @Test func partsOfAnEventThatNoActionReadsDoNoHarm() async throws {
            let event = Self.event(1, #""email":"a@b.co","last_name":"A""#)
                .replacing(
                    #""type":"identify","#,
                    with: #""type":"identify","context":{"externalId":[{"id":"x"},null,7]},"#)
            try await play(Self.pair, [event]) { org, _, result, _ in
                #expect(result.int("$.created") == 1)
                #expect(org.count(of: "Contact") == 1)
            }
        }

        /// Elsewhere an id with a query behind it turned one request into another.
        @Test(arguments: ["update", "delete", "upsert"])
        func nothingBehindAnIdIsSent(operation: String) async throws {
            try await EmulatorServer.withRunning { emulator in
                let org = emulator.org
                let id = try org.seed("Contact", [["LastName": "A"]])[0]
                var text = ConfigurationText(emulator.baseURL)
                text.actions = Self.action(
                    operation, matchers: "{ Id: $.traits.id }",
                    fields: operation == "delete" ? [] : ["LastName: $.traits.last_name"])
                try await Workspace.with(text) { workspace in
                    let tails = ["?_HttpMethod=PATCH", "/../../Account", "%2F..", "' OR Id != '"]
                    let events = tails.enumerated().map { number, tail in
                        Self.event(number, #""id":"\#(id)\#(tail)","last_name":"x""#)
                    }
                    _ = try await deliver(events, workspace)
                    #expect(org.record("Contact", id: id)?["LastName"]?.string == "A")
                    #expect(org.truth.allSatisfy { $0.author == .person })
                }
            }
        }
    }
}

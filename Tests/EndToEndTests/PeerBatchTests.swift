import SalesforceEmulator
import Testing

/// What other tools are known to get wrong when they write many records, or try again, done right
/// here. Each test says what happened elsewhere.
extension EndToEnd {
    @Suite struct PeerBatchTests: PeerWeakness {
        private static let pair = Self.action(
            "upsert", matchers: "{ Email: $.traits.email }",
            fields: ["LastName: $.traits.last_name", "Phone: $.traits.phone"])

        /// Elsewhere a column that one event overrode was emptied for all rows after it.
        @Test func oneEventsOverrideLeavesItsNeighboursAlone() async throws {
            let actions =
                Self.pair
                + Self.action(
                    "upsert", matchers: "{ Email: $.traits.email }",
                    fields: ["LastName: $.traits.custom_name"]
                ).replacing("name: upsert", with: "name: override")
            try await play(
                actions,
                [
                    Self.event(1, #""email":"1@b.co","last_name":"std1","custom_name":"own1""#),
                    Self.event(2, #""email":"2@b.co","last_name":"std2""#),
                    Self.event(3, #""email":"3@b.co","last_name":"std3""#),
                ]
            ) { org, _, _, _ in
                let names = org.contactsByEmail.mapValues { $0.first?["LastName"]?.string }
                #expect(names == ["1@b.co": "own1", "2@b.co": "std2", "3@b.co": "std3"])
            }
        }

        /// Elsewhere a field that an event did not carry was emptied, because a neighbour had it.
        @Test func anAbsentFieldIsLeftAlone() async throws {
            try await play(
                Self.pair,
                seeds: [
                    ("Contact", ["LastName": "A", "Email": "1@b.co", "Phone": "1"]),
                    ("Contact", ["LastName": "B", "Email": "2@b.co", "Phone": "2"]),
                ],
                [
                    Self.event(1, #""email":"1@b.co","last_name":"A2","phone":"11""#),
                    Self.event(2, #""email":"2@b.co","last_name":"B2""#),
                ]
            ) { org, ids, _, _ in
                #expect(org.record("Contact", id: ids[0])?["Phone"]?.string == "11")
                #expect(org.record("Contact", id: ids[1])?["Phone"]?.string == "2")
                #expect(org.record("Contact", id: ids[1])?["LastName"]?.string == "B2")
            }
        }

        /// Elsewhere a quote and a line end in an external id added a record to the file.
        @Test func noValueBecomesASecondRecord() async throws {
            try await play(
                Self.action(
                    "upsert", matchers: "{ External_Id__c: $.traits.ext }",
                    fields: ["LastName: $.traits.last_name"]),
                [Self.event(1, #""ext":"x\" \"evil\",\"y","last_name":"A,\"B\"\n#N/A""#)]
            ) { org, _, _, _ in
                let contacts = org.records(of: "Contact")
                #expect(contacts.count == 1)
                #expect(contacts.first?["External_Id__c"]?.string == #"x" "evil","y"#)
            }
        }

        /// Elsewhere an external id that was mapped as a field too failed without a word.
        @Test func aMatcherMappedAsAFieldTooIsOneField() async throws {
            try await play(
                Self.action(
                    "upsert", matchers: "{ External_Id__c: $.traits.ext }",
                    fields: ["LastName: $.traits.last_name", "External_Id__c: $.traits.ext"]),
                [Self.event(1, #""ext":"e1","last_name":"A""#)]
            ) { org, _, result, _ in
                #expect(org.records(of: "Contact").map { $0["External_Id__c"]?.string } == ["e1"])
                #expect(result.int("$.created") == 1)
            }
        }

        /// Elsewhere an object was written as `[object Object]`.
        @Test(arguments: [#"{"a":1}"#, #"["a","b"]"#])
        func aValueOfTheWrongShapeIsParkedAlone(value: String) async throws {
            try await play(
                Self.pair,
                [
                    Self.event(1, #""email":"1@b.co","last_name":\#(value)"#),
                    Self.event(2, #""email":"2@b.co","last_name":"B""#),
                ]
            ) { org, _, result, _ in
                #expect(org.records(of: "Contact").map { $0["LastName"]?.string } == ["B"])
                #expect(result.int("$.parked.rejected") == 1)
            }
        }

        /// Elsewhere the first event decided the object and the external id for the whole batch.
        @Test func eachEventGoesToItsOwnObject() async throws {
            let actions =
                Self.pair.replacing(
                    #"trigger: type = "identify""#,
                    with: #"trigger: type = "identify" and traits.kind = "contact""#)
                + Self.action(
                    "upsert", matchers: "{ Email: $.traits.email }", object: "Lead",
                    fields: ["LastName: $.traits.last_name", "Company: $.traits.company"]
                ).replacing("name: upsert", with: "name: leads").replacing(
                    #"trigger: type = "identify""#,
                    with: #"trigger: type = "identify" and traits.kind = "lead""#)
            try await play(
                actions,
                [
                    Self.event(1, #""kind":"lead","email":"l@b.co","last_name":"L","company":"C""#),
                    Self.event(2, #""kind":"contact","email":"c@b.co","last_name":"C""#),
                    Self.event(3, ""),
                ]
            ) { org, _, result, _ in
                #expect(org.records(of: "Lead").map { $0["Email"]?.string } == ["l@b.co"])
                #expect(org.records(of: "Contact").map { $0["Email"]?.string } == ["c@b.co"])
                #expect(result.int("$.created") == 2)
            }
        }

        /// Elsewhere every event of a batch was a success once the batch was handed over.
        @Test func aRecordThatSalesforceRefusesIsToldByItself() async throws {
            try await play(
                Self.pair,
                [
                    Self.event(1, #""email":"1@b.co","last_name":"A""#),
                    Self.event(2, #""email":"2@b.co","last_name":"B""#),
                ],
                fault: Fault(
                    on: .create,
                    .itemErrors([
                        ItemError(
                            index: 0, code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", message: "no")
                    ]))
            ) { org, _, result, workspace in
                #expect(org.count(of: "Contact") == 1)
                #expect(result.int("$.created") == 1)
                #expect(result.int("$.parked.rejected") == 1)
                let parked = try await workspace.json("parked")
                let text = "\(parked.value)"
                #expect(text.contains("FIELD_CUSTOM_VALIDATION_EXCEPTION"))
            }
        }

        /// Elsewhere a batch was not checked for what the object requires.
        @Test func aMissingRequiredFieldIsFoundBeforeACall() async throws {
            try await play(
                Self.pair,
                [
                    Self.event(1, #""email":"1@b.co","phone":"1""#),
                    Self.event(2, #""email":"2@b.co","last_name":"B""#),
                ]
            ) { org, _, result, _ in
                #expect(org.records(of: "Contact").map { $0["LastName"]?.string } == ["B"])
                #expect(result.int("$.parked.rejected") == 1)
                #expect(org.truth.count == 1)
            }
        }

        /// Elsewhere there was no delete of many.
        @Test func manyDeletesAreOneCall() async throws {
            let seeds = (0..<60).map { number in
                (
                    object: "Contact",
                    fields: ["LastName": "A", "Email": .string("\(number)@b.co")] as JSON
                )
            }
            try await play(
                Self.action("delete", matchers: "{ Email: $.traits.email }", fields: []),
                seeds: seeds,
                (0..<30).map { number in
                    #"{"type":"identify","messageId":"d\#(number)","userId":"u","#
                        + #""traits":{"email":"\#(number)@b.co"}}"#
                }
            ) { org, _, result, _ in
                #expect(org.count(of: "Contact") == 30)
                #expect(result.int("$.deleted") == 30)
                #expect(org.writingCallCount <= 1)
            }
        }

        /// Elsewhere errors were logged with the personal data of the whole batch.
        @Test func whatIsSaidOfARunHoldsNoValues() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions = Self.pair
                emulator.org.inject(
                    Fault(
                        on: .create,
                        .itemErrors([
                            ItemError(index: 0, code: "CANNOT_INSERT_UPDATE", message: "no")
                        ])))
                try await Workspace.with(text) { workspace in
                    try workspace.write(
                        "events.ndjson",
                        Self.event(1, #""email":"secret@b.co","last_name":"Hidden""#) + "\n")
                    _ = try await workspace.json("ingest", "events.ndjson")
                    let exit = try await workspace.start(
                        ["sync"], environment: ["LOG_LEVEL": "trace"]
                    ).exit()
                    for value in ["secret@b.co", "Hidden"] {
                        #expect(!exit.errors.contains(value))
                    }
                }
            }
        }

        // MARK: What must not be made up, and what must be tried again

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

        /// Elsewhere a locked row, a full server and a bad gateway were final.
        @Test(
            arguments: [
                FaultEffect.lockRow(items: nil),
                .status(429, code: "TOO_MANY_REQUESTS", message: "slow down"),
                .raw(502, body: "<html>bad gateway</html>", contentType: "text/html"),
                .raw(504, body: "", contentType: "text/html"),
                .raw(408, body: "", contentType: "text/plain"),
            ])
        func whatMayPassIsTriedAgain(effect: FaultEffect) async throws {
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

        /// Elsewhere false, 0 and null were dropped: a checkbox could never be cleared.
        @Test func falseZeroAndNullAreValues() async throws {
            try await play(
                Self.action(
                    "upsert", matchers: "{ Email: $.traits.email }",
                    fields: [
                        "VIP__c: $.traits.vip", "Score__c: $.traits.score",
                        "Plan__c: $.traits.plan",
                    ]),
                seeds: [
                    (
                        "Contact",
                        [
                            "LastName": "A", "Email": "a@b.co", "VIP__c": true, "Score__c": 5,
                            "Plan__c": "pro",
                        ]
                    )
                ],
                [Self.event(1, #""email":"a@b.co","vip":false,"score":0,"plan":null"#)]
            ) { org, ids, _, _ in
                let contact = org.record("Contact", id: ids[0])
                #expect(contact?["VIP__c"] == .bool(false))
                #expect(contact?["Plan__c"] == .null)
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
    }
}

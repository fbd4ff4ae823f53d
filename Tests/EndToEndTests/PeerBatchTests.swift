import SalesforceEmulator
import Testing

/// What other tools are known to get wrong when they write many records, done right in calls; in
/// the files of jobs see `PeerJobTests`. Each test says what happened elsewhere;
/// `docs/known-weaknesses.md` lists all.
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
    }
}

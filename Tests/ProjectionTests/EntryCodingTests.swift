import Records
import Testing

@testable import Projection

/// Intents and outcomes are written and read by hand, because there are so many of them. The
/// encoder's form is the one that counts.
@Suite struct EntryCodingTests {
    static let texts = [
        "", "Ann", "O'Neil \"Bo\" \\ /x/", "tab\t line\n return\r",
        "\u{8}\u{C}\u{0}\u{1F}\u{10}\u{7F}",
        "é e\u{301} 漢字 👩‍👧 \u{2028}\u{2029} \u{FFFD}", "#N/A", "{\"number\":\"1\"}",
    ]

    static let numbers = ["-12", "0.0000000000000000012345678901234567890", "1E300"]
        .compactMap { DecimalNumber($0) }

    static let values: [FieldValue] =
        texts.map { .text($0) } + numbers.map { .number($0) } + [
            .null, .boolean(true), .boolean(false), .list([]),
            .list([.text("a"), .null, .list([.null])]), .object([:]),
            .object(["b": .text("x\"y"), "a": .object(["Z": .null]), "é": .list([])]),
        ]

    static let ids = ["003ak00000luKU1AAM", "0015500001QdRaYAAV"].compactMap { RecordID($0) }

    private static func key(_ number: Int) -> KeyVersion {
        let text = texts[number % texts.count]
        let terms = [
            MatcherKey.Term(field: "External_Id__c", form: text + "\(number)"),
            MatcherKey.Term(field: "Email", form: "\(number)@example.com"),
        ]
        return KeyVersion(
            key: MatcherKey(object: "Contact", terms: Array(terms.prefix(1 + number % 2))),
            version: number == 0 ? .max : UInt64(number))
    }

    private static func operation(_ number: Int) -> IntentOperation {
        let changes = values.indices.prefix(number).map { index in
            IntentChange(
                field: "Field\(index)__c", before: values[(index + number) % values.count],
                after: values[index], event: UInt64(index), messageID: texts[index % texts.count],
                eventTime: Int64(index) * -1_000, action: "Profiles \"\(number)\"")
        }
        return IntentOperation(
            kind: [.create, .update, .delete][number % 3], keys: (0..<number % 3).map(key),
            recordID: number.isMultiple(of: 2) ? ids[0] : nil,
            upsertField: number.isMultiple(of: 3) ? "External_Id__c" : nil, changes: changes,
            reason: texts[number % texts.count],
            observedModstamp: number.isMultiple(of: 5) ? "2026-01-01T00:00:00.000+0000" : nil)
    }

    static let intents: [IntentEntry] = (0..<24).map { number in
        let job = JobPart(
            name: "3.\(number)", object: "Contact",
            operation: [.update, .upsert, .delete][number % 3],
            externalIDField: number.isMultiple(of: 2) ? "External_Id__c" : nil,
            columns: Array(texts.prefix(number)))
        return IntentEntry(
            epoch: UInt64(number), configuration: "abc",
            request: IntentRequest(
                method: "PATCH", path: "/composite/sobjects?x=1",
                body: texts.joined(separator: "\(number)"), hash: "0f",
                lane: Lane.allCases[number % 3],
                headers: [nil, [:], ["Sforce-Duplicate-Rule-Header": texts[2], "A": "b"]][
                    number % 3]),
            operations: (0..<number).map(operation), job: number.isMultiple(of: 4) ? job : nil)
    }

    static let outcomes: [OutcomeEntry] = (0..<24).map { number in
        let results = (0..<number).map { index in
            var result = OperationResult(
                index: index, status: [.succeeded, .failed, .again, .inDoubt][index % 4],
                recordID: index.isMultiple(of: 2) ? ids[index % 2] : nil,
                wasCreated: [nil, true, false][index % 3],
                code: index.isMultiple(of: 5) ? texts[index % texts.count] : nil,
                message: index.isMultiple(of: 3) ? texts[(index + 1) % texts.count] : nil,
                park: index.isMultiple(of: 7) ? .duplicate : nil,
                isWholeRequest: [nil, nil, true, false][index % 4],
                recordIDs: index.isMultiple(of: 6) ? ids : nil)
            result.isPartial = [nil, true, nil, false][index % 4]
            return result
        }
        var outcome = OutcomeEntry(
            intent: number.isMultiple(of: 2) ? UInt64(number) : nil, results: results,
            settled: (0..<number % 5).map { index in
                SettledEntry(
                    key: key(index), recordID: index.isMultiple(of: 2) ? ids[0] : nil,
                    rewritten: index.isMultiple(of: 3) ? ["A", "B\""] : nil)
            })
        if number.isMultiple(of: 3) { outcome.api = APIUse(used: number, limit: 15_000) }
        return outcome
    }

    /// Outcomes with what is rare, which the encoder writes.
    static let rareOutcomes: [OutcomeEntry] = [
        OutcomeEntry(resolved: [ResolvedOperation(intent: 1, index: 2)]),
        OutcomeEntry(blocked: [
            BlockedEntry(key: key(3), reason: .ambiguous, status: 300, message: "x", recordIDs: ids)
        ]),
        OutcomeEntry(awoken: [key(1).key]), OutcomeEntry(pause: PauseEntry(reason: "r", since: 1)),
        OutcomeEntry(allSentBy: BootMoment(boot: "b \"1\"", milliseconds: 12)),
        OutcomeEntry(
            intent: 3, results: [OperationResult(index: 0, status: .inDoubt)],
            allSentBy: BootMoment(boot: "b", milliseconds: 0)),
        OutcomeEntry(isResumed: true), OutcomeEntry(job: JobEntry(name: "1.1", id: nil)),
        OutcomeEntry(objects: [ObjectStopEntry(object: "Lead", reason: "r", since: 1)]),
        OutcomeEntry(relinked: [
            RelinkEntry(key: key(2).key, from: ids[0], to: ids[1], reason: .merged)
        ]),
    ]

    @Test func intentsAreWrittenAsTheEncoderWritesThem() throws {
        for intent in Self.intents {
            #expect(try LogJSON.encode(intent) == LogJSON.encode(any: intent))
        }
    }

    @Test func outcomesAreWrittenAsTheEncoderWritesThem() throws {
        for outcome in Self.outcomes + Self.rareOutcomes {
            #expect(try LogJSON.encode(outcome) == LogJSON.encode(any: outcome))
        }
    }

    @Test func whatWasWrittenIsReadBack() throws {
        for intent in Self.intents {
            let body = try LogJSON.encode(intent)
            #expect(EntryReading.read(body) { $0.intent() } == intent)
            #expect(try LogJSON.decode(IntentEntry.self, from: body, at: 1) == intent)
        }
        for outcome in Self.outcomes {
            let body = try LogJSON.encode(outcome)
            #expect(EntryReading.read(body) { $0.outcome() } == outcome)
        }
        for outcome in Self.rareOutcomes {
            let body = try LogJSON.encode(outcome)
            #expect(try LogJSON.decode(OutcomeEntry.self, from: body, at: 1) == outcome)
        }
    }

    /// The same entry in another form is the decoder's, and says the same.
    @Test func otherFormsAreReadByTheDecoder() throws {
        for intent in Self.intents {
            let text = String(decoding: try LogJSON.encode(intent), as: UTF8.self)
            let spaced = Array((" " + text).utf8)
            #expect(EntryReading.read(spaced) { $0.intent() } == nil)
            #expect(try LogJSON.decode(IntentEntry.self, from: spaced, at: 1) == intent)
        }
        let unsorted = Array(#"{"settled":[],"results":[],"resolved":[],"blocked":[]}"#.utf8)
        #expect(try LogJSON.decode(OutcomeEntry.self, from: unsorted, at: 1) == OutcomeEntry())
    }

    /// Of what was in doubt before there was a boot's clock in the log.
    @Test func anOutcomeWithoutAMomentIsRead() throws {
        let text =
            #"{"blocked":[],"intent":7,"resolved":[],"#
            + #""results":[{"index":0,"status":"in-doubt"}],"settled":[]}"#
        let outcome = try LogJSON.decode(OutcomeEntry.self, from: Array(text.utf8), at: 1)
        #expect(
            outcome
                == OutcomeEntry(
                    intent: 7, results: [OperationResult(index: 0, status: .inDoubt)]))
    }

    @Test func aCutEntryIsReadByNobody() throws {
        let body = try LogJSON.encode(Self.intents[5])
        for length in stride(from: 0, to: body.count, by: 7) {
            #expect(throws: ProjectionError.self) {
                try LogJSON.decode(IntentEntry.self, from: Array(body.prefix(length)), at: 1)
            }
        }
    }

    /// A member that is added to an entry must be added where entries are written and read, and to
    /// the samples here.
    @Test func everyMemberIsKnownHere() {
        let operation = Self.operation(4)
        let counts: [(Any, Int)] = [
            (Self.intents[4], 5), (Self.intents[4].request, 6), (operation, 7),
            (operation.changes[0], 7), (Self.key(1), 2), (Self.key(1).key, 2),
            (Self.outcomes[4], 13),
            (Self.outcomes[4].results[0], 10), (Self.outcomes[4].settled[0], 3),
            (APIUse(used: 1, limit: 2), 2),
            (
                JobPart(
                    name: "", object: "", operation: .update, externalIDField: nil, columns: []), 5
            ),
        ]
        for (value, count) in counts {
            #expect(Mirror(reflecting: value).children.count == count, "\(type(of: value))")
        }
    }
}

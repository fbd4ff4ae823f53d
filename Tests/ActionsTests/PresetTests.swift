import Events
import Records
import Testing

@testable import Actions

@Suite struct PresetTests {
    static func one(_ lines: String) throws(ConfigurationError) -> Action {
        let indented = lines.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        return try actions("actions:\n  -\n" + indented)[0]
    }

    static func problems(_ lines: String) -> [ConfigurationProblem] {
        do throws(ConfigurationError) {
            _ = try one(lines)
            return []
        } catch {
            return error.problems
        }
    }

    /// preset, object, operation, a matcher, the number of fields
    static let presets: [(String, String, ActionOperation, String?, Int)] = [
        ("lead", "Lead", .upsert, "Email", 9), ("contact", "Contact", .upsert, "Email", 8),
        ("account", "Account", .upsert, "AccountNumber", 11),
        ("opportunity", "Opportunity", .create, nil, 5), ("case", "Case", .create, nil, 1),
    ]

    @Test(arguments: presets)
    func aPresetAloneIsAnAction(
        preset: String, object: String, operation: ActionOperation, matcher: String?, count: Int
    ) throws {
        let action = try Self.one("preset: \(preset)")
        #expect(action.object == object && action.operation == operation)
        #expect(action.matchers.first?.field == matcher)
        #expect(action.fields.count == count)
        // What is recorded says everything itself, and needs no preset to be read again.
        let set = ActionSet(actions: [action])
        #expect(!String(decoding: set.normalisedJSON(), as: UTF8.self).contains("preset"))
        #expect(try ActionSet(normalisedJSON: set.normalisedJSON()) == set)
    }

    @Test func aTraitWinsAndAPropertyTakesItsPlace() throws {
        let action = try Self.one("preset: contact")
        let result = action.evaluate(
            event(
                #"""
                {"type":"identify","traits":{"email":"a@b.c","last_name":"T","address":{"city":"Bern"}},
                "properties":{"last_name":"P","first_name":"F","address":{"city":"Rom","state":"X"}}}
                """#))
        #expect(
            Self.fields(result, of: action) == [
                "Email": .text("a@b.c"), "LastName": .text("T"), "FirstName": .text("F"),
                "MailingCity": .text("Bern"), "MailingState": .text("X"),
            ])
    }

    @Test func whatAnActionGivesTakesThePresetsPlaceKeyByKey() throws {
        let plain = try Self.one("preset: contact")
        let changed = try Self.one(
            """
            preset: contact
            name: Customers
            trigger: type = "identify" and traits.plan != null
            without: [MailingState, mailingcountry]
            null: ignore
            fields:
              FirstName: $.traits.given
              lastname: { write: if-empty }
              Plan__c: { value: $.traits.plan, null: clear }
            """)
        #expect(changed.name == "Customers" && changed.object == "Contact")
        #expect(changed.trigger != plain.trigger)
        #expect(changed.matchers == plain.matchers)
        let names = changed.fields.map(\.field)
        #expect(
            names == [
                "Email", "FirstName", "MailingCity", "MailingPostalCode", "MailingStreet",
                "Plan__c", "lastname",
            ])
        let fields = Dictionary(changed.fields.map { ($0.field, $0) }) { first, _ in first }
        #expect(fields["FirstName"]?.mapping.source.json == #"{"@path":"$.traits.given"}"#)
        #expect(fields["lastname"]?.write == .ifEmpty)
        #expect(
            fields["lastname"]?.mapping
                == plain.fields.first { $0.field == "LastName" }?.mapping)
        #expect(fields["Email"]?.null == .ignore && fields["Plan__c"]?.null == .clear)
    }

    @Test func matchersThatAreGivenAreTheOnlyOnes() throws {
        let action = try Self.one("preset: contact\nmatchers: { External_Id__c: $.userId }")
        #expect(action.matchers.map(\.field) == ["External_Id__c"])
    }

    @Test func anotherOperationTakesWhatItHasAPlaceFor() throws {
        let delete = try Self.one("preset: contact\noperation: delete")
        #expect(delete.fields.isEmpty && delete.matchers.map(\.field) == ["Email"])
        #expect(delete.from == .now)
        let create = try Self.one("preset: account\noperation: create")
        #expect(create.matchers.isEmpty && create.fields.count == 11)
        let upsert = try Self.one(
            "preset: opportunity\noperation: upsert\nmatchers: { Ext__c: $.properties.id }")
        #expect(upsert.operation == .upsert && upsert.fields.count == 5)
    }

    @Test func theCustomPresetTakesAnyObject() throws {
        let action = try Self.one(
            "preset: custom\nobject: Order__c\nfields: { Total__c: $.properties.total }")
        #expect(action.operation == .create && action.object == "Order__c")
        #expect(action.trigger.source == #"type = "track""#)
    }

    @Test func anOpportunityNeedsWhatSalesforceRequiresOfOne() throws {
        let action = try Self.one("preset: opportunity")
        let whole = #"{"name":"N","stage_name":"S","close_date":"2026-01-01"}"#
        #expect(
            action.evaluate(event(#"{"type":"track","properties":\#(whole)}"#)) != .notTriggered)
        #expect(
            action.evaluate(event(#"{"type":"track","properties":{"name":"N"}}"#)) == .notTriggered)
    }

    /// keys, line, part of the message, suggestion
    static let faults: [(String, Int, String, String?)] = [
        ("preset: contcat", 3, "preset is one of lead, contact", "contact"),
        ("preset: [contact]", 3, "preset is one of", nil),
        ("preset: custom\nfields: { A: 1 }", 3, "object is missing", nil),
        ("preset: custom\nobject: A__c", 3, "create needs at least one field", nil),
        ("preset: opportunity\noperation: upsert", 3, "upsert needs at least one matcher", nil),
        ("preset: lead\nwithout: [Compny]", 4, "no field Compny", "Company"),
        ("preset: lead\nwithout: Company", 4, "takes a list", nil),
        (
            "name: A\nobject: B\noperation: create\ntrigger: type = \"track\"\nfields: { C: 1 }\n"
                + "without: [C]", 8, "there is none", nil
        ),
        ("preset: lead\nfields: 5", 4, "fields takes a group", nil),
    ]

    @Test(arguments: faults)
    func aPresetThatCannotBeUsedIsNamed(
        lines: String, line: Int, message: String, suggestion: String?
    ) {
        let problems = Self.problems(lines)
        #expect(problems.first?.message.contains(message) == true, "\(problems)")
        #expect(problems.first?.line == line, "\(problems)")
        #expect(problems.first?.suggestion == suggestion)
    }

    // MARK: What `init` writes

    @Test func theTemplateOfAllPresetsIsAConfiguration() throws {
        let text = Configuration.template(presets: Preset.allCases)
        let actions = try ConfigurationTests.parse(text).actions
        #expect(
            actions.map(\.object) == [
                "Lead", "Contact", "Account", "Opportunity", "Case", "Subscription__c",
            ])
    }

    @Test(arguments: Preset.allCases.filter { $0 != .custom })
    func whatTheTemplateShowsIsWhatThePresetSays(preset: Preset) throws {
        let text = Configuration.template(presets: [preset])
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let heading = try #require(lines.firstIndex { $0.contains(Preset.heading) })
        let shown = lines[(heading + 1)...].map { $0.replacing("    # ", with: "    ") }
        let written = lines[..<heading].map {
            $0.replacing("- preset: \(preset.rawValue)", with: "-")
        }
        let spelledOut = (written + shown).joined(separator: "\n")
        #expect(!spelledOut.contains("preset: "))
        #expect(
            try ConfigurationTests.parse(spelledOut).actions
                == ConfigurationTests.parse(text).actions)
    }

    // MARK: Recorded actions

    /// Actions recorded from segmentio/action-destinations (MIT): the fields that their Salesforce
    /// destination sent, made by our preset and the recorded mapping.
    @Test(
        .enabled(
            if: RecordedCases.folder != nil,
            "skipped: TIDEMARK_REFERENCE does not name the recorded cases"))
    func recordedActionsGiveTheRecordedFields() throws {
        var count = 0
        for recorded in try RecordedCases.read("actions.json") {
            guard recorded.at("kind")?.string == "action",
                let sent = recorded.at("expect.requests")?.items.last?.at("body"),
                case .object = sent, let config = Self.configuration(recorded)
            else { continue }
            let id = recorded.at("id")?.string ?? "?"
            let set = try ActionSet(normalisedJSON: config.json)
            let bytes = try #require(recorded.at("input.event")).json
            let result = set.actions[0].evaluate(
                Event(source: "s", messageID: "m", receivedAt: 0, bytes: bytes))
            #expect(
                FieldValue.object(Self.fields(result, of: set.actions[0])) == FieldValue(sent),
                "\(id)")
            count += 1
        }
        #expect(count == 16)
    }

    static func fields(_ result: ActionResult, of action: Action) -> [String: FieldValue] {
        guard case .applies(let effect) = result else { return [:] }
        return Dictionary(
            effect.fields.map { (action.fields[$0.index].field, $0.value) }
        ) { first, _ in first }
    }

    /// The recorded set-up as an action of ours; `nil` where fields are named by the event, which a
    /// configuration of ours names itself.
    private static func configuration(_ recorded: JSONValue) -> JSONValue? {
        guard let object = recorded.at("input.object"),
            let operation = recorded.at("input.operation")
        else { return nil }
        let own = recorded.at("input.mapping")?.memberList ?? []
        var fields: [JSONMember] = []
        for member in own where !settings.contains(member.name) {
            if member.name == "customFields" {
                guard !member.value.memberList.contains(where: { $0.name.hasPrefix("@") }) else {
                    return nil
                }
                fields += member.value.memberList
            } else {
                fields.append(JSONMember(apiName(member.name), member.value))
            }
        }
        var members = [
            JSONMember("name", .string("recorded")), JSONMember("object", object),
            JSONMember("operation", operation), JSONMember("trigger", .string("type != null")),
            JSONMember("from", .string("start")),
        ]
        if recorded.at("input.use_default_mappings") == .boolean(true) {
            let preset = (object.string ?? "").lowercased()
            members.append(JSONMember("preset", .string(preset)))
        }
        if let matchers = own.first(where: { $0.name == "traits" })?.value {
            members.append(JSONMember("matchers", matchers))
        }
        if !fields.isEmpty { members.append(JSONMember("fields", .object(fields))) }
        return .object([JSONMember("actions", .array([.object(members)]))])
    }

    /// Keys of the recorded mapping that are no fields.
    private static let settings: Set<String> = [
        "operation", "traits", "recordMatcherOperator", "enable_batching", "batch_size",
        "customObjectName", "bulkUpsertExternalId", "bulkUpdateRecordId",
        "__segment_internal_sync_mode",
    ]

    /// `mailing_postal_code` is MailingPostalCode.
    private static func apiName(_ name: String) -> String {
        name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

import Events
import Records
import Testing

@testable import Actions

@Suite struct ActionTests {
    static func action(_ changes: String = "") throws -> Action {
        try actions(
            """
            actions:
              - name: Contacts
                object: Contact
                trigger: type = "identify"
                operation: upsert
                matchers: { Email: $.traits.email, Ext__c: $.userId }
                fields:
                  FirstName: $.traits.first
                  LastName: { value: $.traits.last, "null": ignore }
                \(changes)
            """)[0]
    }

    static func effect(_ result: ActionResult) -> ActionEffect? {
        if case .applies(let effect) = result { return effect }
        return nil
    }

    @Test func theIntegrationsOfAnEventKnowTheDestinationByItsNameToo() throws {
        let configuration = try ConfigurationTests.parse(
            """
            salesforce:
              name: acme
              enabled: false
              loginUrl: http://127.0.0.1:1
              auth: { flow: client-credentials, clientId: a, clientSecret: b }
            actions:
              - { preset: contact }
              - { preset: contact, name: Others, destination: other }
            """)
        #expect(!configuration.salesforce.isEnabled)
        #expect(configuration.actions.map(\.destination) == ["acme", "other"])
        let out = event(
            #"{"type":"identify","traits":{"email":"a@b.c"},"integrations":{"acme":false}}"#)
        let set = try ActionSet(
            normalisedJSON: ActionSet(actions: configuration.actions).normalisedJSON())
        #expect(set.actions == configuration.actions)
        #expect(set.actions[0].evaluate(out) == .skipped(.disabledByIntegrations))
        #expect(Self.effect(set.actions[1].evaluate(out)) != nil)
        #expect(try Self.action().destination == nil)
    }

    @Test func anEventGivesMatchersAndFields() throws {
        let result = try Self.action().evaluate(
            event(
                #"{"type":"identify","userId":"u","traits":{"email":"e","first":"F","last":"L"}}"#))
        #expect(
            result
                == .applies(
                    ActionEffect(
                        matchers: [
                            .init(field: "Email", value: .text("e")),
                            .init(field: "Ext__c", value: .text("u")),
                        ],
                        fields: [
                            .init(index: 0, value: .text("F")), .init(index: 1, value: .text("L")),
                        ])))
    }

    @Test func anAbsentValueIsNotListedAndANullOnlyWhereItClears() throws {
        let absent = try Self.action().evaluate(event(#"{"type":"identify","userId":"u"}"#))
        #expect(Self.effect(absent)?.fields == [])
        let null = try Self.action().evaluate(
            event(#"{"type":"identify","userId":"u","traits":{"first":null,"last":null}}"#))
        #expect(Self.effect(null)?.fields == [.init(index: 0, value: .null)])
        let blank = try Self.action().evaluate(
            event(#"{"type":"identify","userId":"u","traits":{"first":"","last":" "}}"#))
        #expect(Self.effect(blank)?.fields == [.init(index: 0, value: .text(""))])
    }

    @Test(arguments: [
        #"{"type":"identify","traits":{"email":"e"}}"#,
        #"{"type":"identify","userId":null,"traits":{"email":"e"}}"#,
        #"{"type":"identify","userId":"  ","traits":{"email":"e"}}"#,
    ])
    func aMatcherWithoutValueIsLeftOutWithOrAndSkipsWithAnd(json: String) throws {
        let or = try Self.action().evaluate(event(json))
        #expect(Self.effect(or)?.matchers == [.init(field: "Email", value: .text("e"))])
        let and = try Self.action("matchersOperator: and").evaluate(event(json))
        #expect(and == .skipped(.missingMatcher("Ext__c")))
    }

    @Test func noMatcherValueAtAllIsASkip() throws {
        let result = try Self.action().evaluate(event(#"{"type":"identify"}"#))
        #expect(result == .skipped(.noMatcherValue))
    }

    @Test func integrationsThatExcludeSalesforceAreAVisibleSkip() throws {
        let excluded =
            #"{"type":"identify","userId":"u","integrations":{"All":false}}"#
        #expect(try Self.action().evaluate(event(excluded)) == .skipped(.disabledByIntegrations))
        let untriggered = #"{"type":"page","userId":"u","integrations":{"All":false}}"#
        #expect(try Self.action().evaluate(event(untriggered)) == .notTriggered)
    }

    @Test func otherSourcesAndDisabledActionsDoNotTrigger() throws {
        let json = #"{"type":"identify","userId":"u"}"#
        let web = try Self.action("sources: [website]")
        #expect(Self.effect(web.evaluate(event(json))) != nil)
        #expect(web.evaluate(event(json, source: "app")) == .notTriggered)
        #expect(try Self.action("enabled: false").evaluate(event(json)) == .notTriggered)
    }

    @Test func createNeedsNoMatcher() throws {
        let action = try actions(
            """
            actions:
              - name: Tasks
                object: Task
                trigger: type = "track"
                operation: create
                fields: { Subject: $.event }
            """)[0]
        let result = action.evaluate(event(#"{"type":"track","event":"Called"}"#))
        #expect(
            Self.effect(result)
                == ActionEffect(
                    matchers: [], fields: [.init(index: 0, value: .text("Called"))]))
        #expect(action.from == .now)
    }
}

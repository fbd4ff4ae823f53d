import Testing

@testable import Actions

@Suite struct ConfigurationProblemTests {
    static func problems(_ yaml: String) -> [ConfigurationProblem] {
        do throws(ConfigurationError) {
            _ = try ConfigurationTests.parse(yaml)
            return []
        } catch {
            return error.problems
        }
    }

    /// What is replaced in the configuration that has every key; by what; line, column, message.
    static let faults: [(String, String, Int, Int, String)] = [
        ("data:", "dta:", 1, 1, "no key \"dta\""),
        ("  listen: 127.0.0.1:8080", "  listen: 8080", 4, 11, "takes host:port"),
        ("sandbox: true", "sandbox: yes", 14, 12, "takes true or false"),
        ("https://acme--dev", "http://acme--dev", 15, 13, "http is only for 127.0.0.1"),
        (
            "https://acme--dev.sandbox.my.salesforce.com", "https://evil.example", 15, 13,
            "not a Salesforce host"
        ),
        ("\"63.0\"", "latest", 16, 15, "a version such as"),
        ("client-credentials", "client_credentials", 18, 11, "is one of"),
        ("env:SF_CLIENT_SECRET", "hunter2", 20, 19, "is written out"),
        ("share: 0.5", "share: 80", 22, 12, "0.8 is 80 %"),
        ("200ms", "200", 23, 17, "a whole number and a unit"),
        ("deletes: hold", "deletes: held", 24, 12, "allow, hold"),
        ("count: 500, ", "", 25, 10, "count is missing"),
        ("count: 500", "count: 0", 25, 19, "from 1"),
        ("object: Contact", "object: Contact/x", 29, 13, "API name"),
        ("type = \"identify\"", "type == \"identify\"", 30, 20, "takes a text in quotes"),
        ("type = \"identify\"", "'type > \"identify\"'", 30, 22, "takes a number"),
        ("trigger: type = \"identify\"", "trigger: |\n      typ = 1", 31, 7, "did you mean"),
        ("operation: upsert", "operation: upser", 31, 16, "is one of"),
        ("operation: upsert", "operation: create", 32, 17, "remove the matchers"),
        ("operation: upsert", "operation: delete", 35, 7, "delete writes no fields"),
        ("Email: $.traits.email", "E-mail: $.traits.email", 32, 17, "not a field's API name"),
        ("Email: $.traits.email", "Email: ''", 32, 24, ""),
        ("External_Id__c:", "email:", 32, 40, "twice"),
        ("$.traits.last_name", "$.traits..last_name", 35, 17, "is not a path"),
        ("$.traits.last_name", "", 35, 16, "write null to clear"),
        ("\"@path\": \"$.traits.first", "\"@pat\": \"$.traits.first", 36, 20, "no directive @pat"),
        ("write: if-empty", "wrote: if-empty", 37, 40, "no key \"wrote\""),
        ("write: if-empty", "write: sometimes", 37, 47, "always, if-empty, on-create"),
        ("{ value: $.traits.plan, write", "{ write", 37, 16, "needs a value"),
        ("sources: [website]", "sources: []", 44, 14, "at least one source"),
        ("from: 2026-01-02T03:04:05Z", "from: yesterday", 45, 11, "start, now, a time"),
        ("from: 2026-01-02T03:04:05Z", "from: 0", 45, 11, "a position from 1"),
        ("order: arrival", "order: time", 46, 12, "event-time, arrival"),
        ("enabled: false", "enabled: maybe", 47, 14, "true or false"),
        ("name: Profiles to contacts", "preset: contcat", 28, 13, "preset is one of lead, contact"),
    ]

    @Test(arguments: faults.filter { !$0.4.isEmpty })
    func aProblemHasItsPlaceAndRemedy(
        original: String, replacement: String, line: Int, column: Int, message: String
    ) {
        let yaml = ConfigurationTests.everything
        let range = yaml.firstRange(of: original)
        #expect(range != nil)
        let problems = Self.problems(
            range.map { yaml.replacingCharacters($0, replacement) } ?? yaml)
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.line == line && problems.first?.column == column, "\(problems)")
        #expect(problems.first?.message.contains(message) == true, "\(problems)")
    }

    @Test func allProblemsAreReportedAtOnceInTheOrderOfTheFile() {
        let problems = Self.problems(
            """
            ingst: {}
            salesforce:
              auth: { flow: jwt, clientId: a, clientSecret: b }
              budget: { shre: 1 }
            actions:
              - name: A
                object: Contact
                trigger: type =
                operation: upsert
                fields: { LastName: { "@pth": x } }
              - name: A
                object: Contact
                trigger: type = "track"
                operation: update
                matchers: { Id: $.userId }
              - { preset: contcat }
              - name: A
                object: Task
                trigger: type = "track"
                operation: create
                fields: { Subject: $.event }
            """)
        let shown = problems.map(\.description)
        #expect(problems.map(\.line) == [1, 3, 3, 3, 4, 6, 8, 10, 11, 16, 17], "\(shown)")
        #expect(problems[0].suggestion == "ingest")
        #expect(shown[0].hasPrefix("/etc/tidemark/tidemark.yaml:1:1: "))
        #expect(shown[0].hasSuffix("; did you mean \"ingest\"?"))
        #expect(problems[4].suggestion == "share")
        #expect(problems[10].message.contains("two actions are named \"A\""))
    }

    @Test func aTriggerIsShownWithACaret() {
        let yaml = ConfigurationTests.everything.replacing(
            "type = \"identify\"", with: "type = \"identify\" & 1")
        #expect(
            Self.problems(yaml).first?.message.hasSuffix(
                "\n    type = \"identify\" & 1\n                      ^") == true)
    }

    @Test(arguments: [
        ("data: a\ndata: b", "given twice in one group: \"data\"", 1),
        ("a: [\n", "this is not YAML", 2),
        ("a: b\n c: d", "this is not YAML", 2),
        ("data: a\n---\ndata: b", "this is not YAML", 2),
        ("? [a]\n: b", "a key is a single word", 1),
        ("- a", "takes the keys", 1),
        ("data: *nope", "undefined alias", 1),
    ])
    func whatIsNoYAMLIsRefusedWithItsLine(yaml: String, message: String, line: Int) {
        let problems = Self.problems(yaml)
        #expect(problems.first?.message.contains(message) == true, "\(problems)")
        #expect(problems.first?.line == line, "\(problems)")
    }

    @Test func aSmallFileCannotExpandWithoutBound() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...5 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(items)]\n"
        }
        #expect(Self.problems(yaml).first?.message.contains("parts") == true)
        let deep = "a: " + String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(Self.problems(deep).first?.message.contains("deeper") == true)
    }

    @Test func secretsInTheFileAreForLoopbackOnly() {
        let literal = ConfigurationTests.everything.replacing("env:WEBSITE_WRITE_KEY", with: "wk")
        #expect(Self.problems(literal) == [])
        let open = literal.replacing("listen: 127.0.0.1:8080", with: "listen: 0.0.0.0:8080")
        #expect(Self.problems(open).map(\.line) == [7])
        #expect(Self.problems(open)[0].message.contains("outside loopback"))
        #expect(!Self.problems(open)[0].description.contains("wk\""))
    }

    @Test func writeKeysAndSourceNamesAreUnique() {
        let sources = """
            sources:
                - { name: a, writeKey: k }
                - { name: a, writeKey: l }
                - { name: b, writeKey: k }
            """
        let yaml =
            "ingest:\n  \(sources)\n"
            + "salesforce:\n  auth: { flow: web, clientId: a }\n"
        let problems = Self.problems(yaml)
        #expect(problems.map(\.line) == [4, 5], "\(problems)")
        #expect(problems[1].message.contains("share a write key"))
    }

    @Test func eachFlowTakesItsOwnKeys() {
        func auth(_ auth: String) -> [String] {
            Self.problems("salesforce:\n  auth: { \(auth) }\n").map(\.message)
        }
        #expect(auth("flow: jwt, clientId: a, username: u, privateKey: env:SF_CLIENT_SECRET") == [])
        #expect(auth("flow: web, clientId: a") == [])
        #expect(auth("flow: jwt, clientId: a").count == 2)
        #expect(auth("flow: client-credentials").count == 2)
        #expect(auth("flow: web, clientId: a, username: u")[0].contains("not used by the flow web"))
        #expect(Self.problems("data: x").map(\.message).count == 2)
    }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<Index>, _ text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}

import Foundation
import Records
import Testing

@testable import Actions

@Suite struct ConfigurationTests {
    static let environment = [
        "WEBSITE_WRITE_KEY": "wk-1", "SF_CLIENT_ID": "id-1", "SF_CLIENT_SECRET": "secret-1",
    ]

    /// Every key, as `docs/configuration.md` shows them.
    static let everything = """
        data: ./tidemark-data

        ingest:
          listen: 127.0.0.1:8080
          sources:
            - name: website
              writeKey: env:WEBSITE_WRITE_KEY

        dashboard:
          listen: 127.0.0.1:8081

        salesforce:
          name: acme-sandbox
          sandbox: true
          loginUrl: https://acme--dev.sandbox.my.salesforce.com
          apiVersion: "63.0"
          auth:
            flow: client-credentials
            clientId: env:SF_CLIENT_ID
            clientSecret: env:SF_CLIENT_SECRET
          budget:
            share: 0.5
          inDoubtFence: 200ms
          deletes: hold
          brake: { count: 500, share: 0.05 }

        actions:
          - name: Profiles to contacts
            object: Contact
            trigger: type = "identify"
            operation: upsert
            matchers: { Email: $.traits.email, External_Id__c: $.userId, Account.Ext__c: $.groupId }
            matchersOperator: and
            fields:
              LastName: $.traits.last_name
              FirstName: { "@path": "$.traits.first_name" }
              Plan__c: { value: $.traits.plan, write: if-empty }
              Region__c:
                value: { "@case": { operator: upper, value: { "@path": "$.traits.region" } } }
                null: ignore
              Fixed__c: A literal
              Since__c: { value: 2026-01-02, write: on-create }
            null: clear
            sources: [website]
            from: 2026-01-02T03:04:05Z
            order: arrival
            enabled: false
        """

    static func parse(
        _ yaml: String, environment: [String: String] = environment
    ) throws(ConfigurationError) -> Configuration {
        try Configuration.parse(
            yaml: yaml, file: "/etc/tidemark/tidemark.yaml", environment: environment)
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try Self.parse(Self.everything)
        #expect(configuration.folder == "/etc/tidemark")
        #expect(configuration.data == "/etc/tidemark/tidemark-data")
        #expect(configuration.ingest.listen == ListenAddress(host: "127.0.0.1", port: 8080))
        #expect(configuration.ingest.sources.map(\.name) == ["website"])
        #expect(try configuration.writeKeys().map(\.key) == ["wk-1"])
        #expect(configuration.dashboard.listen.port == 8081)
        let salesforce = configuration.salesforce
        #expect(salesforce.name == "acme-sandbox" && salesforce.sandbox)
        #expect(salesforce.loginURL == "https://acme--dev.sandbox.my.salesforce.com")
        #expect(!salesforce.isLoginLoopback && salesforce.apiVersion == "63.0")
        #expect(salesforce.auth.flow == .clientCredentials)
        #expect(try salesforce.auth.clientID.reveal() == "id-1")
        #expect(try salesforce.auth.clientSecret?.reveal() == "secret-1")
        #expect(salesforce.budgetShare == 0.5 && salesforce.inDoubtFence == .milliseconds(200))
        #expect(salesforce.deletes == .hold)
        #expect(salesforce.brake == MassChangeBrake(count: 500, share: 0.05))
        #expect(configuration.warnings == [])
    }

    @Test func everyKeyOfAnActionIsRead() throws {
        let action = try #require(try Self.parse(Self.everything).actions.first)
        #expect(action.name == "Profiles to contacts" && action.object == "Contact")
        #expect(action.trigger.source == "type = \"identify\"")
        #expect(action.operation == .upsert && action.matchersOperator == .and)
        #expect(action.matchers.map(\.field) == ["Account.Ext__c", "Email", "External_Id__c"])
        #expect(action.sources == ["website"] && action.order == .arrival && !action.isEnabled)
        #expect(action.from == .time(1_767_323_045_000))
        let fields = Dictionary(uniqueKeysWithValues: action.fields.map { ($0.field, $0) })
        #expect(
            fields["FirstName"]?.mapping.source == .object(["@path": .text("$.traits.first_name")]))
        #expect(fields["Plan__c"]?.write == .ifEmpty && fields["Plan__c"]?.null == .clear)
        #expect(fields["Region__c"]?.null == .ignore)
        #expect(fields["Fixed__c"]?.mapping.source == .text("A literal"))
        // A date is text, as written: YAML's own dates would lose that.
        #expect(fields["Since__c"]?.mapping.source == .text("2026-01-02"))
        #expect(fields["Since__c"]?.write == .onCreate)
    }

    @Test func theTemplateIsAConfigurationThatWorks() throws {
        let configuration = try Self.parse(Configuration.template())
        #expect(configuration.actions.map(\.object) == ["Contact"])
        #expect(configuration.ingest.listen.isLoopback)
        // The My Domain is the one thing that only its reader knows.
        #expect(configuration.warnings.map(\.line) == [18])
        #expect(configuration.warnings[0].message.contains("My Domain"))
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let configuration = try Self.parse(
            """
            salesforce:
              auth: { flow: web, clientId: abc }
            actions:
              - name: A
                object: Contact
                trigger: type = "identify"
                operation: delete
                matchers: { Email: $.traits.email }
            """)
        #expect(configuration.data == "/etc/tidemark/tidemark-data")
        #expect(configuration.ingest.listen.description == "127.0.0.1:8080")
        #expect(configuration.ingest.sources == [])
        #expect(configuration.dashboard.listen.description == "127.0.0.1:8081")
        #expect(configuration.salesforce.loginURL == "https://login.salesforce.com")
        #expect(configuration.salesforce.apiVersion == "64.0")
        #expect(configuration.salesforce.budgetShare == 0.8)
        #expect(configuration.salesforce.inDoubtFence == .seconds(900))
        #expect(configuration.salesforce.deletes == .allow && configuration.salesforce.brake == nil)
        #expect(configuration.salesforce.auth.clientSecret == nil)
        let action = configuration.actions[0]
        #expect(action.from == .now && action.order == .eventTime && action.isEnabled)
        #expect(action.matchersOperator == .or && action.fields == [] && action.sources == nil)
    }

    @Test func aFileIsReadWithTheFilesItNames() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tidemark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // The system clears temporary folders that are left behind.
            try? FileManager.default.removeItem(at: folder)
        }
        try Data("s3cret\n".utf8).write(to: folder.appendingPathComponent("secret"))
        let file = folder.appendingPathComponent("tidemark.yaml")
        let yaml = Self.everything.replacing("env:SF_CLIENT_SECRET", with: "file:secret")
        try Data(yaml.utf8).write(to: file)
        let configuration = try Configuration.load(path: file.path, environment: Self.environment)
        #expect(try configuration.salesforce.auth.clientSecret?.reveal() == "s3cret")
        #expect(configuration.salesforce.auth.clientSecret?.origin == "file:secret")
    }

    @Test func aMissingFileSaysHowToMakeOne() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration.load(path: "/nowhere/tidemark.yaml", environment: [:])
        }
        #expect(error.description.contains("/nowhere/tidemark.yaml does not exist"))
        #expect(error.description.contains("tidemark init"))
    }

    @Test func theEnvironmentOverridesScalars() throws {
        let overrides = [
            "TIDEMARK_DATA": "/srv/data", "TIDEMARK_INGEST_LISTEN": "127.0.0.1:9",
            "TIDEMARK_SALESFORCE_LOGIN_URL": "http://127.0.0.1:7",
            "TIDEMARK_SALESFORCE_SANDBOX": "false",
            "TIDEMARK_SALESFORCE_AUTH_CLIENT_SECRET": "from-outside",
            "TIDEMARK_SALESFORCE_BUDGET_SHARE": "1", "TIDEMARK_SALESFORCE_IN_DOUBT_FENCE": "1s",
            "TIDEMARK_SALESFORCE_NAME": "",
        ]
        let configuration = try Self.parse(
            Self.everything, environment: Self.environment.merging(overrides) { $1 })
        #expect(configuration.data == "/srv/data" && configuration.ingest.listen.port == 9)
        #expect(configuration.salesforce.loginURL == "http://127.0.0.1:7")
        #expect(configuration.salesforce.isLoginLoopback && !configuration.salesforce.sandbox)
        #expect(try configuration.salesforce.auth.clientSecret?.reveal() == "from-outside")
        #expect(configuration.salesforce.budgetShare == 1)
        #expect(configuration.salesforce.inDoubtFence == .seconds(1))
        #expect(configuration.salesforce.name == "acme-sandbox")
    }

    @Test func aBadOverrideIsBlamedOnItsVariable() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Self.parse(
                Self.everything,
                environment: Self.environment.merging(["TIDEMARK_INGEST_LISTEN": "x"]) { $1 })
        }
        #expect(error.problems.map(\.line) == [0])
        #expect(error.description.contains("TIDEMARK_INGEST_LISTEN: ingest.listen takes host:port"))
    }

    @Test func everyOverrideFollowsTheRule() {
        #expect(
            EnvironmentOverrides.keyPaths.map(EnvironmentOverrides.variable).prefix(8) == [
                "TIDEMARK_DATA", "TIDEMARK_INGEST_LISTEN", "TIDEMARK_DASHBOARD_LISTEN",
                "TIDEMARK_SALESFORCE_NAME", "TIDEMARK_SALESFORCE_ENABLED",
                "TIDEMARK_SALESFORCE_SANDBOX",
                "TIDEMARK_SALESFORCE_LOGIN_URL", "TIDEMARK_SALESFORCE_API_VERSION",
            ])
    }

    @Test func secretsNeverShow() throws {
        let configuration = try Self.parse(Self.everything)
        var dumped = ""
        dump(configuration, to: &dumped)
        let shown = "\(configuration) \(String(reflecting: configuration)) \(dumped)"
        for secret in Self.environment.values { #expect(!shown.contains(secret)) }
    }

    @Test func doubtfulThingsAreWarnings() throws {
        let configuration = try Self.parse(
            """
            ingest: { sources: [{ name: website, writeKey: k }] }
            salesforce:
              auth: { flow: client-credentials, clientId: a, clientSecret: env:SF_CLIENT_SECRET }
            actions:
              - name: A
                object: Contact
                trigger: type = "identify"
                operation: delete
                matchers: { Email: $.traits.email }
                sources: [websit]
            """, environment: Self.environment.merging(["TIDEMARK_DTA": "x"]) { $1 })
        let shown = configuration.warnings.map(\.description).joined(separator: "\n")
        #expect(configuration.warnings.count == 3, "\(shown)")
        #expect(shown.contains("My Domain hosts only"))
        #expect(shown.contains("did you mean \"website\"?"))
        #expect(shown.contains("TIDEMARK_DTA: no key has this variable"))
    }
}

@Suite struct YAMLDocumentTests {
    @Test(arguments: [
        ("1.50", ConfigurationNode.Value.number("1.50")), ("-3e+5", .number("-3e+5")),
        ("0", .number("0")), ("007", .text("007")), ("0x1F", .text("0x1F")), ("1.", .text("1.")),
        (".5", .text(".5")), ("1e", .text("1e")), ("'5'", .text("5")), ("\"true\"", .text("true")),
        ("True", .boolean(true)), ("no", .text("no")), ("on", .text("on")), ("~", .null),
        ("null", .null), ("'null'", .text("null")), ("12:30", .text("12:30")),
        ("2026-01-02", .text("2026-01-02")), (".inf", .text(".inf")), ("", .empty),
    ])
    func scalarsAreReadByTheCoreSchema(yaml: String, value: ConfigurationNode.Value) throws {
        let root = try YAMLDocument.parse("key: \(yaml)")
        #expect(root.members?.first?.value.value == value)
    }
}

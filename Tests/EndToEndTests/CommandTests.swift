import SalesforceEmulator
import Testing

/// Exit statuses, help, and what a newcomer meets.
extension EndToEnd {
    @Suite struct CommandTests {
        static let commands = [
            "init", "check", "test", "connect", "disconnect", "whoami", "ingest", "sync", "serve",
            "plan",
            "apply", "status", "log",
            "explain", "audit", "parked", "replay", "retry", "verify", "rebuild",
        ]

        @Test(arguments: commands)
        func helpOfEveryCommandShowsAnExample(command: String) async throws {
            try await Workspace.with(nil) { workspace in
                let exit = try await workspace.tidemark(command, "--help")
                #expect(exit.status == 0)
                #expect(exit.output.contains("Example: tidemark \(command)"))
                #expect(exit.output.contains("--config"))
                #expect(exit.output.contains("--json"))
            }
        }

        @Test(
            arguments: [
                ["stauts"], ["ingest"], ["sync", "--frobnicate"],
                ["replay", "--from", "yesterday"],
                ["retry"], ["retry", "--reason", "boredom"], ["explain"],
                ["log", "--kind", "poem"],
                ["replay", "--from", "1", "--key", "Email=a@b.co"],
            ])
        func argumentsThatMakeNoSenseEndWith64(arguments: [String]) async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try workspace.write("events.ndjson", [Profile(1)].lines)
                    if arguments.first == "replay" {
                        _ = try await workspace.json("ingest", "events.ndjson")
                    }
                    let exit = try await workspace.start(arguments).exit()
                    #expect(exit.status == 64, "\(exit.output)\(exit.errors)")
                    #expect(!exit.errors.isEmpty && exit.output.isEmpty)
                }
            }
        }

        @Test func aMisspeltCommandIsAnsweredWithTheRightOne() async throws {
            try await Workspace.with(nil) { workspace in
                let exit = try await workspace.tidemark("stauts")
                #expect(exit.errors.contains("did you mean status?"))
                let stranger = try await workspace.tidemark("frobnicate")
                #expect(stranger.status == 64)
                #expect(stranger.errors.contains("there is no command frobnicate"))
            }
        }

        struct Broken: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let change: @Sendable (inout ConfigurationText) -> Void
            let shown: [String]
        }

        static let broken = [
            Broken(
                testDescription: "an unknown key with a suggestion",
                change: { $0.salesforce = "  budgte: { share: 0.5 }" },
                shown: ["tidemark.yaml:", "budgte", "budget"]),
            Broken(
                testDescription: "a trigger that does not parse",
                change: { $0.actions = ActionText.profiles(trigger: #"type = "identify" and"#) },
                shown: ["tidemark.yaml:", "trigger"]),
            Broken(
                testDescription: "an operation that does not exist",
                change: { $0.actions = ActionText.profiles(operation: "upsret") },
                shown: ["operation", "did you mean \"upsert\""]),
            Broken(
                testDescription: "a login that is not Salesforce's",
                change: { $0.login = "https://login.salesforce.com.example.net" },
                shown: ["loginUrl"]),
            Broken(
                testDescription: "a fence without a unit", change: { $0.fence = "15" },
                shown: ["inDoubtFence", "15m"]),
            Broken(
                testDescription: "two problems at once",
                change: {
                    $0.fence = "soon"
                    $0.salesforce = "  sandbocks: true"
                },
                shown: ["inDoubtFence", "sandbocks", "sandbox"]),
        ]

        @Test(arguments: broken)
        func aConfigurationThatCannotWorkEndsWith78(broken: Broken) async throws {
            var text = ConfigurationText("http://127.0.0.1:1")
            broken.change(&text)
            try await Workspace.with(text) { workspace in
                for command in ["check", "status", "sync", "serve"] {
                    let exit = try await workspace.tidemark(command)
                    #expect(exit.status == 78, "\(command): \(exit.errors)")
                    for word in broken.shown {
                        #expect(exit.errors.contains(word), "\(command): \(exit.errors)")
                    }
                    #expect(exit.errors.contains(/tidemark\.yaml:[0-9]+:[0-9]+/))
                }
            }
        }

        /// A secret is asked for by the commands that use it, and by no other.
        @Test func aSecretThatIsMissingStopsOnlyTheCommandsThatNeedIt() async throws {
            var text = ConfigurationText("http://127.0.0.1:1")
            text.clientSecret = "env:NOBODY_SETS_THIS"
            try await Workspace.with(text) { workspace in
                try workspace.write("events.ndjson", [Profile(1)].lines)
                for command in ["check", "sync", "serve", "whoami", "plan"] {
                    let exit = try await workspace.tidemark(command)
                    #expect(exit.status == 78, "\(command): \(exit.errors)")
                    #expect(exit.errors.contains("NOBODY_SETS_THIS"), "\(exit.errors)")
                    #expect(exit.errors.contains(/tidemark\.yaml:[0-9]+:[0-9]+/))
                }
                #expect(try await workspace.tidemark("ingest", "events.ndjson").status == 0)
                for command in ["status", "log", "parked", "verify"] {
                    let exit = try await workspace.tidemark(command)
                    #expect(exit.status == 0, "\(command): \(exit.errors)")
                }
            }
        }

        @Test func aMissingConfigurationIsNamedWithItsRemedy() async throws {
            try await Workspace.with(nil) { workspace in
                let exit = try await workspace.tidemark("status")
                #expect(exit.status == 78)
                #expect(exit.errors.contains("tidemark.yaml does not exist"))
                #expect(exit.errors.contains("tidemark init"))
            }
        }

        @Test func aNewcomersFirstStepsWork() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(nil) { workspace in
                    let environment = [
                        "WEBSITE_WRITE_KEY": "key", "SF_CLIENT_ID": "demo-client",
                        "SF_CLIENT_SECRET": "demo-secret",
                        "TIDEMARK_SALESFORCE_LOGIN_URL": emulator.baseURL,
                    ]
                    func run(_ arguments: String...) async throws -> Exit {
                        try await workspace.start(arguments, environment: environment).exit()
                    }
                    #expect(try await run("init").status == 0)
                    let again = try await run("init")
                    #expect(again.status == 1)
                    #expect(again.errors.contains("exists"))
                    #expect(try await run("check").status == 0)
                    try workspace.write("events.ndjson", (0..<3).map { Profile($0) }.lines)
                    #expect(try await run("ingest", "events.ndjson").status == 0)
                    let plan = try await run("plan", "--detailed-exitcode")
                    #expect(plan.status == 2)
                    #expect(plan.output.contains("Plan: 3 to create"))
                    #expect(emulator.org.count(of: "Contact") == 0, "a plan sends nothing")
                    let synced = try await run("sync")
                    #expect(synced.status == 0)
                    #expect(synced.output.hasPrefix("created 3,"))
                    #expect(try await run("plan", "--detailed-exitcode").status == 0)
                    let explained = try await run(
                        "explain", "Contact", "Email=\(Profile(1).email.uppercased())")
                    #expect(explained.output.contains("Last 1"))
                    #expect(emulator.org.count(of: "Contact") == 3)
                }
            }
        }

        @Test func whatDescribeContradictsIsShownWithLineAndColumn() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions = ActionText.profiles(
                    matchers: "{ Emial: $.traits.email }",
                    fields: ["LastName": "$.traits.last_name", "Nonsense__c": "$.traits.plan"])
                try await Workspace.with(text) { workspace in
                    let exit = try await workspace.tidemark("check", "--json")
                    #expect(exit.status == 2)
                    let problems = try exit.document().list("$.problems")
                    #expect(problems.count == 2)
                    let lines = text.yaml.split(separator: "\n", omittingEmptySubsequences: false)
                    for problem in problems {
                        let line = try #require(problem.int("$.line"))
                        let message = try #require(problem.text("$.message"))
                        let isMatcher = message.contains("Emial")
                        let name = isMatcher ? "Emial" : "Nonsense__c"
                        #expect(message.contains(name))
                        #expect(lines[line - 1].contains(name), "\(message)")
                        #expect(problem.int("$.column") ?? 0 > 1)
                        if isMatcher { #expect(problem.text("$.suggestion") == "Email") }
                    }
                    let shown = try await workspace.tidemark("check")
                    #expect(shown.status == 2)
                    #expect(shown.output.contains(/tidemark\.yaml:[0-9]+:[0-9]+/))
                }
            }
        }

        /// Everything at once, and the same again without anybody to ask.
        @Test func everyFindingIsShownInOneRunAndOffline() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions =
                    ActionText.profiles(
                        matchers: "{ Emial: $.traits.email }",
                        fields: [
                            "LastName": "$.traits.last_name", "Score__c": "many",
                            "FirstName": "{ \"@literal\": \(String(repeating: "x", count: 41)) }",
                            "CreatedDate": "$.timestamp",
                        ]) + "\n"
                    + ActionText.profiles(
                        matchers: "{ Name: $.traits.company }", operation: "update",
                        object: "Acount", fields: ["Phone": "$.traits.phone"])
                try await Workspace.with(text) { workspace in
                    for arguments in [["check", "--json"], ["check", "--offline", "--json"]] {
                        let exit = try await workspace.start(arguments).exit()
                        #expect(exit.status == 2, "\(exit.errors)\(exit.output)")
                        let problems = try exit.document().list("$.problems")
                        let found = problems.map { problem in
                            let message = problem.text("$.message") ?? ""
                            let names = [
                                "Emial", "Score__c", "41 characters", "CreatedDate", "Acount",
                            ]
                            let place = (problem.int("$.line") ?? 0) > 0 ? "" : " without a place"
                            let hint = problem.text("$.suggestion").map { " → \($0)" } ?? ""
                            return (names.first { message.contains($0) } ?? message) + hint + place
                        }
                        let isOffline = arguments.contains("--offline")
                        let objects = isOffline ? [] : ["Acount → Account"]
                        let expected = [
                            "Emial → Email", "CreatedDate", "41 characters", "Score__c",
                        ]
                        #expect(found == expected + objects)
                    }
                    let offline = try await workspace.tidemark("check", "--offline")
                    #expect(offline.output.contains("Acount was never described"))
                }
            }
        }

        @Test func whatNobodyNamedIsToldFromASlip() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try workspace.write("events.ndjson", [Profile(1)].lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")
                    let cases = [
                        (["Contact", "Email=nobody@example.com"], "no event has named"),
                        (["contact", "Email=nobody@example.com"], "actions write Contact"),
                        (["Contact", "Phone=1"], "matchers are Email"),
                    ]
                    for (arguments, words) in cases {
                        let exit = try await workspace.start(["explain"] + arguments).exit()
                        #expect(exit.status == 1)
                        #expect(exit.errors.contains(words), "\(exit.errors)")
                    }
                    let noKey = try await workspace.tidemark("explain", "Contact", "Email")
                    #expect(noKey.status == 64)
                }
            }
        }
    }
}

import Foundation
import Testing

@testable import Actions

/// `docs/configuration.md` says what the code does.
@Suite struct ConfigurationPageTests {
    static func page() throws -> String {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = root.appendingPathComponent("docs/configuration.md")
        return String(decoding: try Data(contentsOf: page), as: UTF8.self)
    }

    @Test func theExampleIsAConfiguration() throws {
        let page = try Self.page()
        let start = try #require(page.firstRange(of: "```yaml\n")).upperBound
        let end = try #require(page[start...].firstRange(of: "\n```")).lowerBound
        let configuration = try ConfigurationTests.parse(String(page[start..<end]))
        #expect(configuration.actions.map(\.name) == ["Profiles to contacts"])
        #expect(configuration.warnings == [])
    }

    /// Which part of the configuration the tables of keys under a heading are about.
    private static let parts = [
        "## Where things are": "", "## `salesforce`": "salesforce.", "## `actions`": "actions.",
        "### Lookups": "actions.fields.",
    ]

    /// The defaults that the page gives, by the key's whole path.
    private static func keysOfPage() throws -> [String: String] {
        var keys: [String: String] = [:]
        var part: String?
        var isTableOfKeys = false
        for line in try page().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") { part = parts[String(line)] }
            if !line.hasPrefix("|") { isTableOfKeys = false }
            if line == "| key | default | meaning |" {
                isTableOfKeys = true
                #expect(part != nil, "a table of keys under an unknown heading")
            }
            let cells = line.split(separator: " | ").map(String.init)
            guard isTableOfKeys, let part, cells.count >= 3, cells[0].hasPrefix("| `") else {
                continue
            }
            keys[part + cells[0].dropFirst(3).dropLast()] = cells[1]
        }
        return keys
    }

    @Test func theTablesHaveTheKeysThatTheReaderKnows() throws {
        let groups = Set(ConfigurationKeys.groups.map(\.path))
        let known = Set(
            ConfigurationKeys.groups.flatMap { group in
                group.keys.map { group.path.isEmpty ? $0 : "\(group.path).\($0)" }
            })
        let written = Set(try Self.keysOfPage().keys)
        #expect(known.subtracting(groups).subtracting(written).sorted() == [])
        #expect(written.subtracting(known).sorted() == [])
    }

    @Test func theTablesGiveTheDefaultsOfTheReader() throws {
        let configuration = try ConfigurationTests.parse(
            """
            salesforce:
              auth: { clientId: a, clientSecret: env:SF_CLIENT_SECRET }
            """)
        let written = try Self.keysOfPage()
        let salesforce = configuration.salesforce
        let minutes = Int(salesforce.inDoubtFence / .seconds(60))
        let expected: [String: Any] = [
            "data": "./" + (configuration.data.split(separator: "/").last ?? ""),
            "ingest.listen": configuration.ingest.listen,
            "dashboard.listen": configuration.dashboard.listen,
            "ingest.limits.requestBytesMax": DoorLimits.requestBytesDefault,
            "salesforce.name": salesforce.name, "salesforce.enabled": salesforce.isEnabled,
            "salesforce.sandbox": salesforce.sandbox,
            "salesforce.apiVersion": salesforce.apiVersion,
            "salesforce.auth.flow": salesforce.auth.flow.rawValue,
            "salesforce.auth.grantKey": "credential:\(SalesforceAuthorization.grantKeyCredential)",
            "salesforce.budget.share": salesforce.budgetShare,
            "salesforce.inDoubtFence": "\(minutes)m",
            "salesforce.deletes": salesforce.deletes.rawValue,
            "salesforce.latency": "\(Int(salesforce.latency / .seconds(60)))m",
        ]
        for (key, value) in expected { #expect(written[key] == "`\(value)`", "\(key)") }
    }

    @Test func everyDirectiveRootAndVariableIsNamed() throws {
        let page = try Self.page()
        let variables = EnvironmentOverrides.keyPaths.map(EnvironmentOverrides.variable)
        let names =
            variables + EnvironmentOverrides.keyPaths
            + EventRoots.values + EventRoots.objects + LiquidParser.tags
            + LiquidFilter.allCases.map(\.rawValue)
        for name in names { #expect(page.contains("`\(name)`"), "\(name)") }
        for directive in MappingCompiler.directives {
            #expect(page.contains("\"\(directive)\""), "\(directive)")
        }
    }
}

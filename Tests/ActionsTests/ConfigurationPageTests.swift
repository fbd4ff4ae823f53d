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

    @Test func everyKeyDirectiveRootAndVariableIsNamed() throws {
        let page = try Self.page()
        let variables = EnvironmentOverrides.keyPaths.map(EnvironmentOverrides.variable)
        let names =
            ConfigurationReader.actionKeys + ConfigurationReader.objectKeys + variables
            + EnvironmentOverrides.keyPaths
            + EventRoots.values + EventRoots.objects + LiquidParser.tags
            + LiquidFilter.allCases.map(\.rawValue)
        for name in names { #expect(page.contains("`\(name)`"), "\(name)") }
        for directive in MappingCompiler.directives {
            #expect(page.contains("\"\(directive)\""), "\(directive)")
        }
    }
}

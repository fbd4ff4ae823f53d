import Actions
import ArgumentParser
import Foundation
import Records

/// Tries the configuration on fixtures, without Salesforce.
struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try the configuration on fixtures: events in, expected operations out. Offline.",
        discussion: """
            Fixtures are tests/*.yaml beside the configuration. What Salesforce's objects are \
            like is read from tests/objects, or else from the log; --describe asks Salesforce \
            and writes tests/objects first.

            A difference is shown line by line: - is what was expected, + what came. Exit status \
            1 when there is one.

            Example: tidemark test
                     tidemark test tests/contacts.yaml --json
            """)

    @Argument(help: ArgumentHelp("Files of fixtures; tests/*.yaml without.", valueName: "file"))
    var files: [String] = []

    @Flag(help: "Ask Salesforce what its objects are like, and keep the answer in tests/objects.")
    var describe = false

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        struct Case: Encodable {
            let file: String
            let line: Int
            let name: String
            let ok: Bool
            let differences: [String]
        }

        let ok: Bool
        let passed: Int
        let failed: Int
        let tests: [Case]

        init(_ cases: [Case]) {
            tests = cases
            passed = cases.count(where: \.ok)
            failed = cases.count - passed
            ok = failed == 0
        }
    }

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let folder = configuration.folder + "/tests"
            let paths = try files.isEmpty ? Self.fixtures(in: folder) : files
            let fixtures = try Self.load(paths)
            let descriptionFiles = DescriptionFiles(folder: folder + "/objects")
            if describe {
                try descriptionFiles.save(try await described(configuration))
            }
            let run = FixtureRun(
                configuration: configuration,
                descriptions: try descriptionFiles.load(
                    for: configuration.actions, orFromLogIn: DataFolder(path: configuration.data)))
            var cases: [Document.Case] = []
            for fixture in fixtures {
                let differences = try await run.differences(of: fixture)
                cases.append(
                    Document.Case(
                        file: fixture.file, line: fixture.line, name: fixture.name,
                        ok: differences.isEmpty, differences: differences))
            }
            let document = Document(cases)
            try options.output.print(document) { style in Self.text(document, style) }
            if !document.ok { throw ExitCode.failure }
        }
    }

    private static func fixtures(in folder: String) throws -> [String] {
        let isFolder = FileManager.default.fileExists(atPath: folder)
        let names = isFolder ? try FileManager.default.contentsOfDirectory(atPath: folder) : []
        let paths = names.sorted().filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        guard !paths.isEmpty else {
            throw CommandFailure.failed(
                "there are no fixtures in \(folder); write one, as docs/configuration.md shows")
        }
        return paths.map { "\(folder)/\($0)" }
    }

    /// Every problem of every file at once.
    private static func load(_ paths: [String]) throws -> [Fixture] {
        var fixtures: [Fixture] = []
        var problems: [ConfigurationProblem] = []
        for path in paths {
            do throws(ConfigurationError) {
                fixtures += try Fixture.load(path: path)
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        return fixtures
    }

    private func described(_ configuration: Configuration) async throws -> [ObjectDescription] {
        try await SalesforceConnection.with(
            configuration, logger: Diagnostics.logger(.error)
        ) { client in
            try await DescribedObjects.asked(for: configuration.actions, client).all
        }
    }

    private static func text(_ document: Document, _ style: Style) -> String {
        var lines: [String] = []
        for test in document.tests {
            if test.ok {
                lines.append(style.green("ok") + "      \(TextTable.printable(test.name))")
                continue
            }
            lines.append(
                style.red("FAILED") + "  \(TextTable.printable(test.name))  "
                    + style.dim("\(test.file):\(test.line)"))
            lines += test.differences.map { line in
                let shown = "        " + TextTable.printable(line)
                if line.hasPrefix("-") { return style.red(shown) }
                return line.hasPrefix("+") ? style.green(shown) : shown
            }
        }
        lines.append(
            "\(document.tests.count.of("test")): \(document.passed) passed, "
                + "\(document.failed) failed")
        return lines.joined(separator: "\n")
    }
}

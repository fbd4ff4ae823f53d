import Foundation

extension Configuration {
    /// Reads a configuration file, the secrets it names, and the environment's overrides.
    ///
    /// - Throws: ``ConfigurationError`` with every problem found; nothing is half-read.
    package static func load(
        path: String, environment: [String: String]
    ) throws(ConfigurationError) -> Configuration {
        let bytes: Data
        do throws(FileTextError) {
            bytes = try FileText.bytes(at: path, bytesMax: fileBytesMax)
        } catch {
            let hint = "; `tidemark init` writes one"
            throw ConfigurationError(problems: [
                ConfigurationProblem(file: path, message: error.message + hint)
            ])
        }
        guard let yaml = String(data: bytes, encoding: .utf8) else {
            throw ConfigurationError(problems: [
                ConfigurationProblem(file: path, message: "the file is not text in UTF-8")
            ])
        }
        return try parse(yaml: yaml, file: path, environment: environment)
    }

    /// Understands the text of a configuration.
    ///
    /// - Parameters:
    ///   - file: the path of the file, for messages and because paths in it are relative to it.
    ///   - environment: where `env:NAME` secrets and `TIDEMARK_…` overrides are looked up.
    /// - Throws: ``ConfigurationError`` with every problem found.
    package static func parse(
        yaml: String, file: String, environment: [String: String]
    ) throws(ConfigurationError) -> Configuration {
        let root: ConfigurationNode
        do throws(YAMLFailure) {
            root = try YAMLDocument.parse(yaml)
        } catch {
            throw ConfigurationError(problems: error.problems.problems(in: file))
        }
        let folder = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent().path
        let lines = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var reader = ConfigurationReader(
            file: file, folder: folder, environment: environment, lines: lines)
        let configuration = reader.configuration(root, file: file)
        guard reader.problems.isEmpty else {
            throw ConfigurationError(problems: reader.problems.problems(in: file))
        }
        return configuration
    }
}

extension ConfigurationReader {
    fileprivate mutating func configuration(
        _ root: ConfigurationNode, file: String
    ) -> Configuration {
        let tree = EnvironmentOverrides.applied(environment, to: root)
        warnings.append(EnvironmentOverrides.warnings(environment))
        let keys = group(
            tree, "the configuration",
            keys: ["data", "ingest", "dashboard", "salesforce", "actions"])
        let start = SourcePlace(line: 1, column: 1)
        let data = text(keys["data"], "data") ?? "./tidemark-data"
        let ingest = ingest(keys["ingest"])
        let dashboard = dashboard(keys["dashboard"])
        let salesforce = salesforce(keys["salesforce"], root: start)
        let actions = actions(keys["actions"])
        warn(of: actions, beside: ingest, at: keys["actions"]?.place ?? start)
        return Configuration(
            file: file, folder: folder, data: absolutePath(data), ingest: ingest,
            dashboard: dashboard, salesforce: salesforce, actions: actions,
            warnings: warnings.problems(in: file))
    }

    /// What reads well and does nothing.
    private mutating func warn(
        of actions: [Action], beside ingest: IngestConfiguration, at place: SourcePlace
    ) {
        if actions.isEmpty {
            warnings.add(place, "there are no actions: events are kept and nothing is sent")
        }
        let known = ingest.sources.map(\.name)
        for action in actions {
            for source in action.sources ?? [] where !known.contains(source) {
                warnings.add(
                    place,
                    "the action \"\(action.name)\" waits for the source \"\(source)\", "
                        + "which ingest.sources does not list",
                    suggestion: NearestName.of(source, among: known))
            }
        }
    }
}

import Foundation

extension Configuration {
    /// Reads a configuration file, the secrets it names, and the environment's overrides.
    ///
    /// - Throws: ``ConfigurationError`` with every problem found; nothing is half-read.
    package static func load(
        path: String, environment: [String: String]
    ) throws(ConfigurationError) -> Configuration {
        try parse(yaml: try text(at: path), file: path, environment: environment)
    }

    /// Reads a configuration file as far as it can be understood: what cannot has its default.
    ///
    /// - Returns: the configuration, and what is wrong with it, if anything is.
    /// - Throws: ``ConfigurationError`` when there is no file that could be read.
    package static func loadInPart(
        path: String, environment: [String: String]
    ) throws(ConfigurationError) -> (Configuration, ConfigurationError?) {
        let yaml = try text(at: path)
        let tree = tree(of: yaml)
        let read = read(tree.root, yaml: yaml, file: path, environment: environment)
        var problems = tree.problems
        if problems.isEmpty { problems = read.problems }
        let error =
            problems.isEmpty ? nil : ConfigurationError(problems: problems.problems(in: path))
        return (read.configuration, error)
    }

    private static func text(at path: String) throws(ConfigurationError) -> String {
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
        return yaml
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
        let read = read(root, yaml: yaml, file: file, environment: environment)
        guard read.problems.isEmpty else {
            throw ConfigurationError(problems: read.problems.problems(in: file))
        }
        return read.configuration
    }

    /// The tree of a text, and what is wrong with it. Of a text that is no YAML nothing is left but
    /// where the data are, if a line says so at its beginning.
    private static func tree(of yaml: String) -> (root: ConfigurationNode, problems: ProblemList) {
        do throws(YAMLFailure) {
            return (try YAMLDocument.parse(yaml), ProblemList())
        } catch {
            let line = yaml.split(whereSeparator: \.isNewline).first { $0.hasPrefix("data:") }
            // A line that is no YAML either says nothing: the data are in the usual place.
            let root = line.flatMap { try? YAMLDocument.parse(String($0)) }
            let nothing = ConfigurationNode(value: .object([]), place: .none)
            return (root ?? nothing, error.problems)
        }
    }

    private static func read(
        _ root: ConfigurationNode, yaml: String, file: String, environment: [String: String]
    ) -> (configuration: Configuration, problems: ProblemList) {
        let folder = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent().path
        let lines = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var reader = ConfigurationReader(
            file: file, folder: folder, environment: environment, lines: lines)
        let configuration = reader.configuration(root, file: file)
        return (configuration, reader.problems)
    }
}

extension ConfigurationReader {
    fileprivate mutating func configuration(
        _ root: ConfigurationNode, file: String
    ) -> Configuration {
        let tree = EnvironmentOverrides.applied(environment, to: root)
        warnings.append(EnvironmentOverrides.warnings(environment))
        let keys = group(tree, "the configuration", keys: ConfigurationKeys.root)
        let start = SourcePlace(line: 1, column: 1)
        let data = text(keys["data"], "data") ?? "./tidemark-data"
        let ingest = ingest(keys["ingest"])
        let dashboard = dashboard(keys["dashboard"])
        let salesforce = salesforce(keys["salesforce"], root: start)
        let actions = actions(keys["actions"])
        warn(ofObjectsBeside: actions)
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

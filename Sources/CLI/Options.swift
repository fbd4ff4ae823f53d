import Actions
import ArgumentParser
import Foundation

/// Options that every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration file.")
    var config = "tidemark.yaml"

    @Flag(name: .long, help: "Print one JSON document on standard output.")
    var json = false

    var output: Output { Output(isJSON: json) }

    /// Reads the configuration.
    ///
    /// - Throws: ``CommandFailure/configuration(_:)`` with every problem in it.
    func configuration() throws(CommandFailure) -> Configuration {
        do {
            return try Configuration.load(
                path: config, environment: ProcessInfo.processInfo.environment)
        } catch {
            throw .configuration("\(error)")
        }
    }

    /// The configuration as far as it can be read, and everything that is wrong with it, if
    /// anything is: for those who look at what runs, whatever has become of its file.
    func configurationInPart() throws(ConfigurationError) -> (Configuration, ConfigurationError?) {
        try Configuration.loadInPart(
            path: config, environment: ProcessInfo.processInfo.environment)
    }
}

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
}

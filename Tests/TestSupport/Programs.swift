import Foundation

/// The built programs. `swift test` builds them beside the test bundle:
/// `…/debug/<package>PackageTests.xctest`.
package enum Programs {
    package static func url(_ name: String) throws -> URL {
        // A helper may run the bundle: then its path is an argument.
        let arguments = CommandLine.arguments
        let places = arguments.filter { $0.hasSuffix(".xctest") } + [arguments[0]]
        for place in places {
            let folder = URL(fileURLWithPath: place).deletingLastPathComponent()
            let program = folder.appendingPathComponent(name)
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
        }
        throw UnsoundStore(description: "no program \(name) beside the tests: \(arguments)")
    }
}

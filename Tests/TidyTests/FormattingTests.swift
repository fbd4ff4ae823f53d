import Foundation
import Testing

@Suite struct FormattingTests {
    @Test func everythingIsFormatted() throws {
        let places = ["Sources", "Tests", "Tools", "Package.swift"].map {
            Checkout.root.appendingPathComponent($0).path
        }
        let result = try Self.lint(places)
        #expect(
            result.status == 0, "run `swift format -i -r Sources Tests Tools`:\n\(result.output)")
    }

    @Test func aBadlyFormattedFileIsFound() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tidy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // The system clears its temporary folder itself, should this fail.
            try? FileManager.default.removeItem(at: folder)
        }
        let file = folder.appendingPathComponent("Sample.swift")
        try "func  a( ){ b( ) }\n".write(to: file, atomically: true, encoding: .utf8)
        let result = try Self.lint([file.path])
        #expect(result.status != 0)
        #expect(result.output.contains("Sample.swift"))
    }

    private static func lint(_ paths: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let configuration = Checkout.root.appendingPathComponent(".swift-format").path
        process.arguments =
            [
                "swift", "format", "lint", "--strict", "--recursive", "--parallel",
                "--configuration", configuration,
            ] + paths
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

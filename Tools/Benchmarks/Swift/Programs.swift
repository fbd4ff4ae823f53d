import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The product's programs as child processes, from the folder that this program was built into.
struct Programs {
    let folder: URL
    /// A folder for the data, removed by ``remove()``.
    let work: URL
    private let environment: [String: String]

    private static let startAttemptsMax = 200
    private static let startInterval = 0.05

    init(parent: String) throws {
        folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        work = URL(fileURLWithPath: parent + "/benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: false)
        Children.works(in: work)
        var environment = ProcessInfo.processInfo.environment
        environment["SF_CLIENT_ID"] = "demo-client"
        environment["SF_CLIENT_SECRET"] = "demo-secret"
        environment["LOG_LEVEL"] = "error"
        self.environment = environment
    }

    func remove() {
        // What stays behind is only space.
        try? FileManager.default.removeItem(at: work)
        Children.left(work)
    }

    /// Starts a program and leaves it running.
    func start(_ name: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = folder.appendingPathComponent(name)
        process.arguments = arguments
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        try Children.run(process)
        return process
    }

    /// Runs a program to its end and returns what it printed.
    func run(_ name: String, _ arguments: [String]) throws -> Data {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = folder.appendingPathComponent(name)
        process.arguments = arguments
        process.environment = environment
        process.standardOutput = pipe
        try Children.run(process)
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Mistake(
                description: "\(name) \(arguments.first ?? "") ended with "
                    + "\(process.terminationStatus)")
        }
        return output
    }

    /// Writes events of the generator, seed 1, to a file.
    func generate(events: Int, people: Int) throws -> URL {
        let file = work.appendingPathComponent("events.ndjson")
        try Data().write(to: file)
        let generator = Process()
        generator.executableURL = folder.appendingPathComponent("profile-generator")
        generator.arguments = ["--people", "\(people)", "--events", "\(events)", "--seed", "1"]
        generator.standardOutput = try FileHandle(forWritingTo: file)
        try Children.run(generator)
        generator.waitUntilExit()
        return file
    }

    func stop(_ process: Process) {
        process.terminate()
        process.waitUntilExit()
    }

    /// Starts the emulator with this latency; returns it with its port.
    func startEmulator(latencyMilliseconds: Int) throws -> (process: Process, port: Int) {
        let file = work.appendingPathComponent("port")
        let process = try start(
            "salesforce-emulator",
            [
                "--port", "0", "--port-file", file.path, "--latency-ms", "\(latencyMilliseconds)",
            ])
        for _ in 0..<Self.startAttemptsMax {
            // Until the emulator has written it there is no file: look again.
            if let text = try? String(contentsOf: file, encoding: .utf8),
                let port = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
            {
                return (process, port)
            }
            Thread.sleep(forTimeInterval: Self.startInterval)
        }
        throw Mistake(description: "the emulator did not start")
    }

    /// Writes a configuration for the emulator on `port`; returns its path.
    func writeConfiguration(emulatorPort: Int, ingestPort: Int) throws -> String {
        let yaml = """
            data: ./data
            ingest:
              listen: 127.0.0.1:\(ingestPort)
              sources: [{ name: website, writeKey: benchmark }]
            salesforce:
              name: benchmark
              loginUrl: http://127.0.0.1:\(emulatorPort)
              auth:
                flow: client-credentials
                clientId: env:SF_CLIENT_ID
                clientSecret: env:SF_CLIENT_SECRET
            actions:
              - name: Profiles
                object: Contact
                trigger: type = "identify"
                operation: upsert
                matchers: { Email: $.traits.email }
                matchersOperator: or
                fields:
                  FirstName: $.traits.first_name
                  LastName: $.traits.last_name
                  Plan__c: $.traits.plan
                  Score__c: $.traits.score
                  Signup_Date__c: $.traits.signup_date
            """
        let path = work.appendingPathComponent("tidemark.yaml").path
        try yaml.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// The emulator's own counts.
    func statistics(port: Int) async throws -> [String: Any] {
        guard let url = URL(string: "http://127.0.0.1:\(port)/__emulator__/stats") else {
            return [:]
        }
        let (data, _) = try await URLSession.shared.data(from: url)
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }
}

import AsyncHTTPClient
import Foundation
import Testing

/// `tidemark serve`, running as a process of its own.
struct Server: Sendable {
    let workspace: Workspace
    let process: ChildProcess
    let url: String

    static let writeKey = "website-key"

    /// Starts a server and waits until it listens.
    static func start(_ workspace: Workspace) async throws -> Server {
        let process = try workspace.start(["serve"])
        let line = try await eventually("the server listens") {
            guard process.isRunning else { throw Ended(text: try process.errorsSoFar()) }
            return try process.errorsSoFar().split(separator: "\n")
                .first { $0.contains("ingest listens") }
        }
        guard let port = line.firstMatch(of: /port=([0-9]+)/)?.1 else {
            throw Ended(text: String(line))
        }
        return Server(
            workspace: workspace, process: process, url: "http://127.0.0.1:\(port)")
    }

    struct Ended: Error, CustomStringConvertible {
        let text: String
        var description: String { "the server ended, or did not say its port: \(text)" }
    }

    /// Runs `body` beside a server, then ends the server as systemd would: it must drain and exit
    /// with 0.
    static func run<R>(
        _ workspace: Workspace, _ body: (Server) async throws -> R
    ) async throws -> R {
        let server = try await start(workspace)
        let result: R
        do {
            result = try await body(server)
        } catch {
            await server.kill()
            throw error
        }
        let exit = try await server.terminate()
        #expect(exit.status == 0 && !exit.wasSignalled, "\(exit.errors)")
        return result
    }

    /// Ends it at once, as a crash would.
    func kill() async {
        process.signal(SIGKILL)
        // The wait fails only when the files of its output are gone, which nobody needs here.
        _ = try? await process.exit()
    }

    /// Asks it to drain, and waits.
    func terminate() async throws -> Exit {
        process.signal(SIGTERM)
        return try await process.exit()
    }

    /// The answer of the door.
    struct Answer: Sendable {
        let status: Int
        let retryAfter: String?
        let body: Document
    }

    func post(
        _ path: String, _ body: [UInt8], headers: [(String, String)] = [],
        key: String? = writeKey
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        request.headers.add(contentsOf: .init(headers))
        request.body = .bytes(body)
        return try await answer(request)
    }

    func post(_ path: String, _ body: String) async throws -> Answer {
        try await post(path, Array(body.utf8))
    }

    func get(_ path: String) async throws -> Answer {
        try await answer(HTTPClientRequest(url: url + path))
    }

    private func answer(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 8 << 20)
        return Answer(
            status: Int(response.status.code),
            retryAfter: response.headers.first(name: "Retry-After"),
            body: try Document(String(buffer: body)))
    }

    /// Waits until nothing is dirty and everything is folded.
    func settled() async throws {
        try await eventually("everything is settled") {
            let status = try await workspace.json("status")
            let isSettled =
                status.int("$.keys.dirty") == 0 && status.int("$.keys.inDoubt") == 0
                && status.int("$.projection.lag") == 0
            return isSettled ? () : nil
        }
    }
}

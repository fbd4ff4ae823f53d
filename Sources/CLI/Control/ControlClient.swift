import AsyncHTTPClient
import EventLog
import Events
import Foundation
import NIOCore
import Projection

/// Speaks to the server that has the data folder, if one runs.
struct ControlClient: Sendable {
    private let socket: String

    private static let helloTimeout: TimeAmount = .seconds(2)
    /// An append waits for its commit at most; a pass of `apply` may take as long as Salesforce
    /// does.
    private static let callTimeout: TimeAmount = .hours(1)
    private static let answerBytesMax = 16 << 20
    /// A queue that is full has room again after a commit, which takes milliseconds, or on a slow
    /// disk under many senders some seconds: half a minute of trying.
    private static let attemptsMax = 120
    private static let attemptInterval: Duration = .milliseconds(250)

    init(_ folder: DataFolder) { socket = folder.controlSocket }

    /// Whether a server answers.
    func isAnswering() async -> Bool { await hello() != nil }

    /// Who serves; `nil` when nobody does.
    func hello() async -> ControlMessage.Hello? {
        guard FileManager.default.fileExists(atPath: socket) else { return nil }
        do {
            let body = try await call("GET", "/hello", timeout: Self.helloTimeout)
            return try JSONDecoder().decode(ControlMessage.Hello.self, from: body)
        } catch {
            // Nobody listens behind the socket's file: a server that was killed left it.
            return nil
        }
    }

    func append(_ events: [Event]) async throws(CommandFailure) -> [AppendResult] {
        let body = EventFrames.encode(events)
        return try await decoded(ControlMessage.Appended.self, "/events", body).results
    }

    /// - Returns: the decision's position.
    func decide(_ decision: DecisionEntry) async throws(CommandFailure) -> UInt64 {
        let body: [UInt8]
        do {
            body = try LogJSON.encode(decision)
        } catch {
            throw CommandFailure(error)
        }
        return try await decoded(ControlMessage.Decided.self, "/decisions", body).position
    }

    func apply() async throws(CommandFailure) -> PassDocument {
        try await decoded(PassDocument.self, "/apply", [])
    }

    private func decoded<Value: Decodable>(
        _ type: Value.Type, _ path: String, _ body: [UInt8]
    ) async throws(CommandFailure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: try await answer(path, body))
        } catch let refusal as ControlMessage.Refusal {
            throw .failed(refusal.message)
        } catch {
            throw .failed(
                "the running server did not answer on \(socket): \(error); look whether it still "
                    + "runs")
        }
    }

    /// Asks again while the server says that it can take no more just now.
    private func answer(_ path: String, _ body: [UInt8]) async throws -> Data {
        for _ in 1..<Self.attemptsMax {
            do {
                return try await call("POST", path, body: body, timeout: Self.callTimeout)
            } catch let refusal as ControlMessage.Refusal where refusal.isPassing == true {
                try await Task.sleep(for: Self.attemptInterval)
            }
        }
        return try await call("POST", path, body: body, timeout: Self.callTimeout)
    }

    private func call(
        _ method: String, _ path: String, body: [UInt8] = [], timeout: TimeAmount
    ) async throws -> Data {
        let name = socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? socket
        var request = HTTPClientRequest(url: "http+unix://\(name)\(path)")
        request.method = .init(rawValue: method)
        if !body.isEmpty { request.body = .bytes(body) }
        let response = try await HTTPClient.shared.execute(request, timeout: timeout)
        let data = Data(buffer: try await response.body.collect(upTo: Self.answerBytesMax))
        guard response.status == .ok else {
            // An answer without our refusal is shown by its status.
            let refusal = try? JSONDecoder().decode(ControlMessage.Refusal.self, from: data)
            throw refusal
                ?? ControlMessage.Refusal(
                    message: "the running server answered \(response.status.code)")
        }
        return data
    }
}

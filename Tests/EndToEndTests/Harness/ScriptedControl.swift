import Foundation
import Synchronization

/// The control socket of a server that answers as a test says: what a real one would say only
/// under a load that tests cannot make.
final class ScriptedControl: Sendable {
    private let path: String
    private let listener: Int32
    private let ended = DispatchSemaphore(value: 0)
    /// The answers still to be given to requests that write, by status and body; the last is given
    /// for ever. Read by the thread that answers.
    private let script: Mutex<[(status: Int, body: String)]>
    private let count = Mutex(0)

    /// Requests that write, so far.
    var writeCount: Int { count.withLock { $0 } }

    struct Failure: Error {
        let step: String
        let code: Int32
    }

    /// Runs `body` beside such a server in the workspace's data folder, which must be there.
    static func run<R>(
        _ workspace: Workspace, _ script: [(status: Int, body: String)],
        _ body: (ScriptedControl) async throws -> R
    ) async throws -> R {
        let control = try ScriptedControl(workspace.data + "/control.sock", script)
        defer { control.end() }
        return try await body(control)
    }

    private init(_ path: String, _ script: [(status: Int, body: String)]) throws {
        self.path = path
        self.script = Mutex(script)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length)
            }
        }
        guard bound == 0, listen(listener, 16) == 0 else {
            throw Failure(step: "listen on \(path)", code: errno)
        }
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                answer(connection)
                close(connection)
            }
            ended.signal()
        }
    }

    private func end() {
        shutdown(listener, Int32(SHUT_RDWR))
        ended.wait()
        close(listener)
        unlink(path)
    }

    private func answer(_ connection: Int32) {
        guard let head = readRequest(connection) else { return }
        let (status, body) =
            head.hasPrefix("POST") ? next() : (200, #"{"processID":1,"ingest":"127.0.0.1:1"}"#)
        let text =
            "HTTP/1.1 \(status) Scripted\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n\(body)"
        _ = Array(text.utf8).withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
    }

    private func next() -> (Int, String) {
        count.withLock { $0 += 1 }
        return script.withLock { script in
            let answer = script[0]
            if script.count > 1 { script.removeFirst() }
            return answer
        }
    }

    /// Reads a request to its end. The head; `nil` when the connection ended before.
    private func readRequest(_ connection: Int32) -> String? {
        var bytes = Data()
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            if let end = bytes.range(of: Data("\r\n\r\n".utf8)) {
                let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
                let length = head.lowercased().firstMatch(of: /content-length: *([0-9]+)/)?.1
                let whole = end.upperBound + (length.flatMap { Int($0) } ?? 0)
                if bytes.count >= whole { return head }
            }
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return nil }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}

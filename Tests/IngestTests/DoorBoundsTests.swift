import EventLog
import Foundation
import Ingest
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Bounds of the door that no body meets: connections, header fields, the log's queue.
@Suite(.timeLimit(.minutes(1))) struct DoorBoundsTests {
    private static func page(_ id: String) -> [UInt8] {
        Array(#"{"userId":"u","messageId":"\#(id)"}"#.utf8)
    }

    /// The second connection waits in the system's backlog: whatever the first one sends meanwhile
    /// is stored before what the second one sent long ago.
    @Test func aConnectionTooManyWaitsUntilOneIsClosed() async throws {
        var limits = IngestLimits()
        limits.connectionsMax = 1
        let ids = (1...20).map { "first-\($0)" }
        try await RunningServer.run(limits: limits) { server in
            // A thread of its own: these calls block.
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(
                        with: Result { try Self.talkInTurn(port: server.port, ids) })
                }
            }
            #expect(try server.events().map(\.messageID) == ids + ["second"])
        }
    }

    private static func talkInTurn(port: Int, _ ids: [String]) throws {
        let first = try OpenConnection(port: port)
        var second: OpenConnection?
        for id in ids {
            try first.put(RawConnection.request("/v1/page", page(id)))
            try first.awaitSuccess()
            // From here on the first one is known to be held by the server.
            guard second == nil else { continue }
            second = try OpenConnection(port: port)
            try second?.put(RawConnection.request("/v1/page", page("second")))
        }
        first.end()
        try second?.awaitSuccess()
        second?.end()
    }

    @Test func moreHeaderFieldsThanTheLimitAreRefused() async throws {
        var limits = IngestLimits()
        limits.headerFieldCountMax = 20
        try await RunningServer.run(limits: limits) { server in
            for (count, isTaken) in [(10, true), (30, false)] {
                let fields = (0..<count).map { ("X-Field-\($0)", "x") }
                let answer = try await server.post(
                    "/v1/page", #"{"userId":"u","messageId":"\#(count)"}"#,
                    headers: [("Authorization", "Bearer website-key")] + fields)
                #expect(isTaken ? answer.status == 200 : (400..<500).contains(answer.status))
            }
            #expect(try server.events().map(\.messageID) == ["10"])
        }
    }

    /// The log's writer is held up, so that of ten events at once one is in its hands, one waits,
    /// and the others find the queue full.
    @Test func aFullQueueOfTheLogMeansTryAgain() async throws {
        let gate = Gate()
        let requestCount = 10
        try await RunningServer.run(
            logLimits: LogLimits(queueEventCountMax: 1), logNow: { gate.pass() }
        ) { server in
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for number in 1...requestCount {
                    group.addTask {
                        try await server.send("POST", "/v1/page", Self.page("\(number)"))
                    }
                }
                var answers: [Answer] = []
                for try await answer in group {
                    answers.append(answer)
                    // What is answered by now was refused: nothing can have been stored.
                    if answers.count == requestCount - 2 { gate.open() }
                }
                return answers
            }
            let refused = answers.filter { $0.status == 429 }
            #expect(refused.count >= requestCount - 2)
            #expect(refused.allSatisfy { $0.headers["retry-after"] == "5" })
            for answer in refused { #expect(try answer.value("code") == .string("overloaded")) }
            let stored = answers.filter { $0.status == 200 }
            #expect(stored.count + refused.count == requestCount)
            #expect(server.log.lastPosition == Position(UInt64(stored.count)))
            #expect(try await server.send("POST", "/v1/page", Self.page("later")).status == 200)
        }
    }
}

/// Holds up whoever passes until it is opened.
private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func pass() -> Int64 {
        semaphore.wait()
        semaphore.signal()
        return RunningServer.now
    }

    func open() { semaphore.signal() }
}

/// A connection that stays open between requests. Its calls block.
private struct OpenConnection {
    private let descriptor: Int32

    init(port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
        self.descriptor = descriptor
    }

    /// A request is small: the system takes it whole, even when nobody has accepted yet.
    func put(_ bytes: [UInt8]) throws {
        let count = bytes.withUnsafeBytes {
            send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        try #require(count == bytes.count)
    }

    /// Reads one answer, which must be a success.
    func awaitSuccess() throws {
        var answer = ""
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while !answer.contains(#"{"success":true}"#) {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            try #require(count > 0, "the server closed after: \(answer)")
            answer += String(decoding: chunk[..<count], as: UTF8.self)
        }
    }

    func end() { close(descriptor) }
}

import Foundation
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// A connection that sends exactly the bytes it is told to: what no client library would.
enum RawConnection {
    /// Sends `bytes`, then reads until the server closes.
    ///
    /// - Parameter endsSending: whether the sender says that no more will come, as `close` would.
    /// - Returns: everything the server sent.
    static func exchange(port: Int, _ bytes: [UInt8], endsSending: Bool) async throws -> String {
        // A thread of its own: these calls block.
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try talk(port: port, bytes, endsSending: endsSending) })
            }
        }
    }

    static func request(
        _ path: String, _ body: [UInt8], headers: [String] = [], declared: Int? = nil
    ) -> [UInt8] {
        var head =
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer website-key\r\n"
        head += "Content-Length: \(declared ?? body.count)\r\n"
        for header in headers { head += header + "\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    private static func talk(port: Int, _ bytes: [UInt8], endsSending: Bool) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
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
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // A server that has heard enough may close before all is sent.
            guard count > 0 else { break }
            sent += count
        }
        if endsSending { shutdown(descriptor, Int32(SHUT_WR)) }
        return readAll(descriptor)
    }

    private static func readAll(_ descriptor: Int32) -> String {
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
            answer += chunk[..<count]
        }
    }
}

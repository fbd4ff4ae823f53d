/// Where a door listens: a host and a port, written `127.0.0.1:8080` or `[::1]:8080`.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or address, without brackets.
    package let host: String
    /// 0 lets the system choose a free one.
    package let port: Int

    /// A host without brackets, and a port from 0 to 65535.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads the written form.
    ///
    /// - Returns: `nil` unless the text is a host, a colon and a port from 0 to 65535. A host with
    ///   colons stands in brackets.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }),
            let port = UInt16(digits)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || "/@[]".contains($0) })
        else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool { Self.isLoopback(host) }

    /// The written form.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// `localhost`, `::1` and 127.0.0.0/8 in full dotted form; nothing that needs a look-up to
    /// know.
    package static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "127" else { return false }
        return parts.allSatisfy { part in
            part.count <= 3 && part.allSatisfy { ("0"..."9").contains($0) } && UInt8(part) != nil
        }
    }
}

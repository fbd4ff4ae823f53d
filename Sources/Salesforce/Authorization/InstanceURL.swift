/// The origin of an org: where a token may be sent.
///
/// The instance URL of a token response decides where every later request, token included, goes; so
/// it is checked as if an attacker had chosen it. Accepted are `https://` with a host that ends in
/// `.salesforce.com` on a label boundary (My Domains, sandboxes, developer and scratch orgs,
/// instances and the login hosts all do), without port, user or path; and, only where the caller
/// allows it, loopback with any port. Parsed by hand: URL parsers differ in what they forgive, and
/// any forgiveness is a way round the check.
package struct InstanceURL: Sendable, Hashable, CustomStringConvertible {
    /// Scheme, host and port: `https://acme.my.salesforce.com`. Never ends in a slash.
    package let description: String
    /// Lower case, without port.
    package let host: String
    package let isLoopback: Bool

    private static let hostBytesMax = 253
    private static let labelBytesMax = 63
    private static let loopbackHosts: Set<String> = ["127.0.0.1", "localhost", "[::1]"]

    /// - Parameters:
    ///   - text: an origin, with at most one trailing slash.
    ///   - allowsLoopback: true for a login URL that a person configured, and for an answer to a
    ///     login that went to loopback itself.
    /// - Returns: `nil` for anything but the forms above.
    package init?(_ text: String, allowsLoopback: Bool) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        var authority: Substring
        let isSecure: Bool
        if text.hasPrefix("https://") {
            (authority, isSecure) = (text.dropFirst(8), true)
        } else if text.hasPrefix("http://") {
            (authority, isSecure) = (text.dropFirst(7), false)
        } else {
            return nil
        }
        if authority.hasSuffix("/") { authority = authority.dropLast() }
        let lowered = authority.lowercased()
        if isSecure, Self.isSalesforceHost(lowered) {
            (host, isLoopback) = (lowered, false)
        } else if allowsLoopback, let loopback = Self.loopbackHost(of: lowered) {
            (host, isLoopback) = (loopback, true)
        } else {
            return nil
        }
        description = (isSecure ? "https://" : "http://") + lowered
    }

    private static func isSalesforceHost(_ host: String) -> Bool {
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard host.utf8.count <= hostBytesMax, labels.count >= 3,
            host.hasSuffix(".salesforce.com")
        else { return false }
        return labels.allSatisfy { label in
            let hyphen = UInt8(ascii: "-")
            return !label.isEmpty && label.count <= labelBytesMax && label.first != hyphen
                && label.last != hyphen
                && label.allSatisfy { ASCII.isAlphanumeric($0) || $0 == hyphen }
        }
    }

    private static func loopbackHost(of authority: String) -> String? {
        guard let host = loopbackHosts.first(where: { authority.hasPrefix($0) }) else { return nil }
        let rest = authority.dropFirst(host.count)
        if rest.isEmpty { return host }
        guard rest.first == ":", rest.dropFirst().utf8.allSatisfy(ASCII.isDigit),
            UInt16(rest.dropFirst()) != nil
        else { return nil }
        return host
    }
}

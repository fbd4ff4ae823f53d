/// Where Salesforce is asked for a token: scheme and host, no path.
///
/// Client id and secret go there, so it is held to hosts that are Salesforce's, compared on a label
/// boundary (`login.salesforce.com.example` is not one), or to this machine, for tests.
package struct LoginURL: Sendable, Hashable, CustomStringConvertible {
    /// Without a slash at the end.
    package let description: String
    /// Whether the host is this machine.
    package let isLoopback: Bool

    /// Where production orgs log in, when no My Domain is given.
    package static let production = LoginURL(
        description: "https://login.salesforce.com", isLoopback: false)
    /// The same for sandboxes.
    package static let sandbox = LoginURL(
        description: "https://test.salesforce.com", isLoopback: false)

    /// Whether the host is a sandbox's My Domain: `acme--dev.sandbox.my.salesforce.com`.
    var isSandboxDomain: Bool { description.contains(".sandbox.my.") }

    /// Hosts beneath which every name is Salesforce's own: My Domains, and the government and
    /// China clouds' (Salesforce Help, "My Domain URL Formats").
    private static let domains = [
        ".my.salesforce.com", ".my.salesforce.mil", ".my.sfcrmproducts.cn",
    ]
    private static let hosts = [
        "login.salesforce.com", "test.salesforce.com", "login.salesforce.mil",
        "login.sfcrmproducts.cn",
    ]

    private init(description: String, isLoopback: Bool) {
        self.description = description
        self.isLoopback = isLoopback
    }

    /// What is wrong with a login URL, as a message with its remedy.
    struct Refusal: Error, Sendable, Hashable {
        let message: String
    }

    init(_ text: String) throws(Refusal) {
        guard let mark = text.firstRange(of: "://") else {
            throw Refusal(message: "a login URL begins with https://")
        }
        let scheme = text[..<mark.lowerBound].lowercased()
        var rest = text[mark.upperBound...].lowercased()
        if rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.isEmpty, !rest.contains(where: { "/?#@\\".contains($0) || $0.isWhitespace })
        else {
            throw Refusal(
                message: "a login URL is a scheme and a host; leave out user, path and query")
        }
        let address = ListenAddress(rest.hasSuffix("]") || !rest.contains(":") ? rest + ":0" : rest)
        guard let address else { throw Refusal(message: "\"\(rest)\" is not a host") }
        if address.isLoopback {
            guard scheme == "http" || scheme == "https" else {
                throw Refusal(message: "a login URL begins with https:// or http://")
            }
            self.init(description: "\(scheme)://\(rest)", isLoopback: true)
            return
        }
        guard scheme == "https" else {
            throw Refusal(message: "write https://; http is only for 127.0.0.1")
        }
        try Self.check(host: rest)
        self.init(description: "https://\(rest)", isLoopback: false)
    }

    private static func check(host: String) throws(Refusal) {
        // Plain ASCII labels only: no port, no trailing dot, no look-alike letters.
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isPlain = labels.allSatisfy { label in
            !label.isEmpty
                && label.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || byte == UInt8(ascii: "-")
                }
        }
        let isKnown = hosts.contains(host) || domains.contains { host.hasSuffix($0) }
        guard isPlain, isKnown else {
            throw Refusal(
                message: "\"\(host)\" is not a Salesforce host; use your My Domain, such as "
                    + "https://acme.my.salesforce.com")
        }
    }
}

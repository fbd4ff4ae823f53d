import Foundation

/// What the configuration of another tool says about its connection to Salesforce: enough to tell
/// whether it is the same org, and what kind of authorisation it used. Passwords and tokens in it
/// are noticed, and not kept.
package struct EarlierConnection: Sendable, Hashable {
    /// Usernames are unique over all orgs of Salesforce.
    package let username: String?
    /// 15 or 18 characters, as written.
    package let organization: String?
    package let hasPassword: Bool
    package let hasConsumerKey: Bool

    /// A larger file is refused.
    private static let fileBytesMax = 1024 * 1024

    /// Reads YAML, JSON, or lines of `NAME=value`.
    ///
    /// - Throws: ``ConfigurationError`` when the file cannot be read, or names neither a user nor
    ///   an org of Salesforce.
    package static func read(path: String) throws(ConfigurationError) -> EarlierConnection {
        let bytes: Data
        do throws(FileTextError) {
            bytes = try FileText.bytes(at: path, bytesMax: fileBytesMax)
        } catch {
            throw ConfigurationError(problems: [.init(file: path, message: error.message)])
        }
        let scalars = scalars(String(decoding: bytes, as: UTF8.self))
        let connection = EarlierConnection(scalars)
        guard connection.username != nil || connection.organization != nil else {
            throw ConfigurationError(problems: [
                .init(
                    file: path,
                    message: "no Salesforce username or organization id is in it; without one it "
                        + "cannot be shown that the org is the same")
            ])
        }
        return connection
    }

    init(_ scalars: [(name: String, value: String)]) {
        func first(_ names: Set<String>) -> String? {
            scalars.first { names.contains($0.name) && !$0.value.isEmpty }?.value
        }
        username = first(["username", "user", "login"])
        organization = first(["organizationid", "orgid", "organization"])
        hasPassword = first(["password", "authpassword", "securitytoken", "token"]) != nil
        hasConsumerKey =
            first(["clientid", "consumerkey", "consumersecret", "clientsecret"]) != nil
    }

    /// Every name with a plain value, however deep, in small letters without `_`, `-` and the
    /// prefixes that variables have.
    private static func scalars(_ text: String) -> [(name: String, value: String)] {
        let lines = text.split(whereSeparator: \.isNewline)
        let pairs = lines.compactMap { line -> (name: String, value: String)? in
            guard let match = line.wholeMatch(of: /(?:export +)?([A-Za-z_][A-Za-z0-9_]*)=(.*)/)
            else { return nil }
            let value = match.2.trimmingCharacters(in: CharacterSet(charactersIn: "\"' "))
            return (plain(String(match.1)), value)
        }
        if !pairs.isEmpty { return pairs }
        // A text that is neither has no names in it: nothing is taken from it.
        guard let root = try? YAMLDocument.parse(text) else { return [] }
        return scalars(root)
    }

    private static func scalars(_ node: ConfigurationNode) -> [(name: String, value: String)] {
        switch node.value {
        case .object(let members):
            members.flatMap { member in
                member.value.scalarText.map { [(plain(member.name), $0)] } ?? scalars(member.value)
            }
        case .list(let items): items.flatMap(scalars)
        default: []
        }
    }

    private static func plain(_ name: String) -> String {
        let letters = name.lowercased().filter { $0 != "_" && $0 != "-" }
        for prefix in ["salesforce", "sfdc", "sf"] where letters.hasPrefix(prefix) {
            return String(letters.dropFirst(prefix.count))
        }
        return letters
    }
}

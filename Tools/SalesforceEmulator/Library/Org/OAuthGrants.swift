/// Codes on their way through a browser, and what people approved.
struct OAuthGrants: Sendable {
    /// An authorization code: good once, for fifteen minutes (Salesforce Help, "OAuth 2.0 Web
    /// Server Flow").
    struct Code: Sendable {
        let clientID: String
        let callback: String
        let challenge: String?
        let issuedAt: Int64

        static let lifetimeMilliseconds: Int64 = 15 * 60 * 1_000
    }

    /// One approval: a refresh token and the access tokens made from it.
    struct Approval: Sendable {
        let clientID: String
        var refreshToken: String
        var retiredTokens: Set<String> = []
        var accessTokens: [String] = []
    }

    /// Approvals of one user and app; the next one ends the oldest (Salesforce Help, "Manage OAuth
    /// Access Policies": each app may have five).
    static let approvalsMax = 5

    private(set) var approvals: [Approval] = []
    private var codes: [String: Code] = [:]
    var isConsentRefused = false

    mutating func issueCode(_ code: Code) -> String {
        let text = "aPrx" + Self.randomText()
        codes[text] = code
        return text
    }

    /// A code is gone once presented, whatever comes of it.
    mutating func takeCode(_ text: String) -> Code? { codes.removeValue(forKey: text) }

    /// - Returns: access tokens that ended with the approval that had to go.
    mutating func approve(_ clientID: String, accessToken: String) -> (String, ended: [String]) {
        var ended: [String] = []
        let mine = approvals.indices.filter { approvals[$0].clientID == clientID }
        if mine.count >= Self.approvalsMax { ended = approvals.remove(at: mine[0]).accessTokens }
        let token = "5Aep861" + Self.randomText()
        approvals.append(
            Approval(clientID: clientID, refreshToken: token, accessTokens: [accessToken]))
        return (token, ended)
    }

    func approval(withRefreshToken token: String) -> Int? {
        approvals.firstIndex { $0.refreshToken == token }
    }

    func approval(withRetiredToken token: String) -> Int? {
        approvals.firstIndex { $0.retiredTokens.contains(token) }
    }

    func approval(withAccessToken token: String) -> Int? {
        approvals.firstIndex { $0.accessTokens.contains(token) }
    }

    /// Gives the approval another refresh token; the one before is remembered as retired.
    mutating func rotate(_ index: Int) -> String {
        approvals[index].retiredTokens.insert(approvals[index].refreshToken)
        approvals[index].refreshToken = "5Aep861" + Self.randomText()
        return approvals[index].refreshToken
    }

    mutating func note(accessToken: String, of index: Int) {
        approvals[index].accessTokens.append(accessToken)
    }

    /// - Returns: the access tokens that ended with it.
    mutating func revoke(_ index: Int) -> [String] { approvals.remove(at: index).accessTokens }

    private static func randomText() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String(random.next(), radix: 36) }.joined()
    }
}

import AsyncHTTPClient
import NIOCore

/// Which org to talk to, as whom, and within which limits.
///
/// Guarantees: the login URL has passed ``InstanceURL``'s check and serves the chosen flow, so a
/// client made from settings can fail only for reasons of the outside.
package struct ClientSettings: Sendable, Hashable {
    /// How access tokens are obtained.
    package enum Authorization: Sendable, Hashable {
        /// OAuth 2.0 client credentials: server to server, as the app's "run as" user. Gives no
        /// refresh token; a new token is simply asked for again (Salesforce Help, "OAuth 2.0 Client
        /// Credentials Flow for Server-to-Server Integration").
        case clientCredentials(clientID: Confidential, clientSecret: Confidential)
        /// OAuth 2.0 JWT bearer: server to server, as the named user, by a key whose certificate
        /// the app holds. Gives no refresh token either.
        case jwtBearer(clientID: Confidential, username: String, privateKey: Confidential)
        /// OAuth 2.0 web server flow: as the person who said yes, by the refresh token of a
        /// ``GrantVault``. The secret is `nil` for an app that demands none.
        case refreshToken(clientID: Confidential, clientSecret: Confidential?)
    }

    package let login: InstanceURL
    /// Whether the org is a sandbox: it decides whom an assertion is addressed to.
    package let isSandbox: Bool
    /// For example `64.0`. One version is pinned; moving to the next is a decision, not a surprise.
    package let apiVersion: String
    package let authorization: Authorization
    package let limits: ClientLimits

    /// - Throws: ``SalesforceError/invalidSettings(_:)`` when the login URL is not a Salesforce
    ///   host or loopback, when its host does not serve the flow, or when the version is not
    ///   `NN.N`.
    package init(
        loginURL: String, isSandbox: Bool = false, apiVersion: String, authorization: Authorization,
        limits: ClientLimits = ClientLimits()
    ) throws(SalesforceError) {
        guard let login = InstanceURL(loginURL, allowsLoopback: true) else {
            throw .invalidSettings(
                "the login URL must be https:// and a salesforce.com host without path, user or "
                    + "port (or http:// on loopback for an emulator); give the org's My Domain, "
                    + "such as https://acme.my.salesforce.com")
        }
        // login. and test. answer this flow with `invalid_grant`, "request not supported on this
        // domain".
        guard !authorization.isClientCredentials || !Self.loginHosts.contains(login.host) else {
            throw .invalidSettings(
                "\(login.host) does not serve the client credentials flow; only the org's own "
                    + "domain does: set the login URL to https://<domain>.my.salesforce.com, or "
                    + "https://<domain>--<sandbox>.sandbox.my.salesforce.com for a sandbox "
                    + "(Setup, My Domain)")
        }
        guard Self.isVersion(apiVersion) else {
            throw .invalidSettings("the API version must look like 64.0")
        }
        self.login = login
        self.isSandbox = isSandbox
        self.apiVersion = apiVersion
        self.authorization = authorization
        self.limits = limits
    }

    /// The app's consumer key: no secret, but nobody's business either.
    package var clientID: String {
        switch authorization {
        case .clientCredentials(let id, _), .jwtBearer(let id, _, _), .refreshToken(let id, _):
            id.revealed
        }
    }

    /// The path before every REST resource.
    package var basePath: String { "/services/data/v\(apiVersion)" }

    private static let loginHosts: Set<String> = ["login.salesforce.com", "test.salesforce.com"]

    /// Whom an assertion is addressed to: the login host, never the My Domain (Salesforce Help,
    /// "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration").
    var audience: String {
        isSandbox ? "https://test.salesforce.com" : "https://login.salesforce.com"
    }

    private static func isVersion(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 2 && (1...3).contains(parts[0].count) && parts[1].count == 1
            && parts.allSatisfy { $0.allSatisfy(ASCII.isDigit) }
    }
}

extension ClientSettings.Authorization {
    fileprivate var isClientCredentials: Bool {
        if case .clientCredentials = self { true } else { false }
    }
}

/// The bounds of one call. Durations are of the whole call unless named otherwise.
package struct ClientLimits: Sendable, Hashable {
    package var connectTimeout: Duration = .seconds(10)
    /// From the first step of the call to the last byte of the answer. Shorter than Salesforce's
    /// own limit of ten minutes on purpose: a write that times out is in doubt, not failed.
    package var callTimeout: Duration = .seconds(120)
    /// The same for a file that goes or comes: a hundred megabytes over a slow line.
    package var transferTimeout: Duration = .seconds(1_800)
    /// Bytes of one answer after decompression that is held in memory. The largest describe on
    /// record is under 1 MB, a page of 2,000 wide records a few. Files of jobs are not held, and
    /// have no such limit.
    package var answerBytesMax = 32 << 20
    /// Bytes that one compressed byte may become: records shrink to a fiftieth at best, a bomb to a
    /// thousandth.
    package var answerExpansionMax = 200
    /// Connections kept per host. Salesforce cuts idle ones; ours go first.
    package var connectionIdleMax: Duration = .seconds(30)
    /// The part of the org's rolling 24-hour allocation that may be seen used, 0–1: at it no call
    /// is made but those that ask how much is used. `nil` leaves it to Salesforce to refuse.
    package var allocationShare: Double?
    /// Pages of one query: 2,000 records each, so ten million records.
    package var queryPagesMax = 5_000

    package init() {}

    /// How the `HTTPClient` given to ``SalesforceClient`` must be made.
    ///
    /// No redirects, because a redirect would carry the token to a host nobody checked. No repeated
    /// attempts to connect, because Delivery decides about retries. HTTP/1.1 only, because one
    /// broken HTTP/2 connection would put every write on it in doubt at once. Decompression is
    /// limited by its ratio, not by a size: results of a job of a million rows are a hundred
    /// megabytes, read as they come.
    package var httpConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(connectTimeout), read: TimeAmount(callTimeout)),
            connectionPool: .init(idleTimeout: TimeAmount(connectionIdleMax)),
            decompression: .enabled(limit: .ratio(answerExpansionMax)))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return configuration
    }
}

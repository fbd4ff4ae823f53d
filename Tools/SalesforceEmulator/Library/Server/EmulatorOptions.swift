import Foundation

/// How an emulator starts. All members have defaults that suit tests.
package struct EmulatorOptions: Sendable {
    /// The address to listen on.
    package var host = "127.0.0.1"
    /// 0 for any free port.
    package var port = 0
    /// Tells the org's id from those of other orgs.
    package var organizationNumber = 1
    /// The OAuth client id to accept.
    package var clientID = "demo-client"
    /// The OAuth client secret to accept.
    package var clientSecret = "demo-secret"
    /// Added to every API call before it executes.
    package var latencyMilliseconds = 0
    /// API calls in progress at once before `REQUEST_LIMIT_EXCEEDED`; nil for no limit.
    package var concurrentCallMax: Int?
    /// How long a closed Bulk API job waits before it is processed.
    package var bulkDelayMilliseconds = 0
    /// API calls a day; the counter never turns by itself.
    package var dailyCallMax = 15_000
    /// What the org is set to.
    package var settings = OrgSettings()
    /// The objects the org has.
    package var schema = Schema.standard
    /// Milliseconds since 1970 UTC.
    package var now: @Sendable () -> Int64 = {
        Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down))
    }

    /// What signs the assertions of that client in the JWT bearer flow, as PEM.
    package var publicKeyPEM: String?
    /// Whether that client's refresh tokens rotate.
    package var rotatesRefreshTokens = false

    /// The one app that the org begins with.
    var apps: [OAuthApp] {
        var app = OAuthApp(clientID: clientID, clientSecret: clientSecret)
        app.publicKeyPEM = publicKeyPEM
        app.rotatesRefreshTokens = rotatesRefreshTokens
        return [app]
    }

    /// The defaults.
    package init() {}
}

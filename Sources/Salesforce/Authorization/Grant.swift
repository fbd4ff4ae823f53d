import Records

/// What a token response granted: an access token and the org it is for.
///
/// There is no lifetime: a Salesforce token lives as long as its session, which slides with use, so
/// the only sign of its end is a 401 (Salesforce Help, "Manage Session Policies").
package struct Grant: Sendable, Hashable {
    let accessToken: Confidential
    let instance: InstanceURL
    /// From the identity URL, `https://<host>/id/<organization>/<user>`.
    package let organizationID: RecordID
    package let userID: RecordID
    /// What another access token can be asked for with; only the web flow gives one, and a renewal
    /// only where refresh tokens rotate.
    var refreshToken: Confidential?
}

extension Grant {
    /// Reads the 200 body of the token endpoint (Salesforce Help, "OAuth 2.0 Client Credentials
    /// Flow").
    ///
    /// - Throws: ``SalesforceError/unreadableAnswer(_:status:reason:)`` when a member is missing,
    ///   ``SalesforceError/instanceRefused(host:)`` when the instance URL fails its check.
    init(tokenResponse: FieldValue, login: InstanceURL) throws(SalesforceError) {
        guard let token = tokenResponse["access_token"]?.text, Self.isHeaderSafe(token),
            let instanceText = tokenResponse["instance_url"]?.text,
            let identity = tokenResponse["id"]?.text
        else {
            throw .unreadableAnswer(
                .token, status: 200, reason: "access_token, instance_url or id is missing")
        }
        // Loopback is believed only when the login itself went there (an emulator).
        guard let instance = InstanceURL(instanceText, allowsLoopback: login.isLoopback) else {
            throw .instanceRefused(login: login.host)
        }
        let path = identity.split(separator: "/")
        guard path.count >= 3, path[path.count - 3] == "id",
            let organization = RecordID(answered: path[path.count - 2]),
            let user = RecordID(answered: path[path.count - 1])
        else {
            throw .unreadableAnswer(
                .token, status: 200, reason: "the id member is not an identity URL")
        }
        accessToken = Confidential(token)
        self.instance = instance
        organizationID = organization
        userID = user
        refreshToken = tokenResponse["refresh_token"]?.text.map(Confidential.init)
    }

    /// A token goes into a header: no control characters, no spaces, nothing beyond ASCII.
    private static func isHeaderSafe(_ token: String) -> Bool {
        !token.isEmpty && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }
}

import Records

/// Who the client is to Salesforce, and where.
package struct Identity: Sendable, Hashable {
    package let organizationID: RecordID
    package let userID: RecordID
    /// The user name; `nil` when Salesforce does not tell.
    package let username: String?
    /// Where the data calls go.
    package let instanceURL: String

    /// Reads `GET /services/oauth2/userinfo` (Salesforce Help, "The UserInfo Endpoint").
    init(userInfo body: FieldValue, grant: Grant) throws(SalesforceError) {
        guard
            let organizationID = body["organization_id"]?.text.flatMap({ RecordID(answered: $0) }),
            let userID = body["user_id"]?.text.flatMap({ RecordID(answered: $0) })
        else {
            throw .unreadableAnswer(
                .read, status: 200, reason: "organization_id or user_id is missing")
        }
        self.organizationID = organizationID
        self.userID = userID
        username = body["preferred_username"]?.text
        instanceURL = grant.instance.description
    }

    /// What the token response itself said, where there is no UserInfo endpoint.
    init(grant: Grant) {
        organizationID = grant.organizationID
        userID = grant.userID
        username = nil
        instanceURL = grant.instance.description
    }
}

import Actions
import Records
import Salesforce

/// Replaces the authorisation of a connection that exists, and nothing else of it.
struct Migration {
    /// What another tool's configuration says; `nil` when the connection is this data folder's own.
    let earlierTool: EarlierConnection?

    init(earlierConfiguration path: String?) throws(ConfigurationError) {
        earlierTool = try path.map { (path) throws(ConfigurationError) in
            try EarlierConnection.read(path: path)
        }
    }

    /// Refuses what is no migration, before anybody is asked.
    func checkBeginning(
        bound: RecordID?, earlier: StoredGrant?, settings: ClientSettings
    ) throws(CommandFailure) {
        guard bound != nil || earlierTool != nil else {
            throw .failed(
                "there is no connection to migrate: the data folder belongs to no org yet, and "
                    + "--from names no configuration of another tool; run `tidemark connect`")
        }
        if let earlier, earlier.clientID == settings.clientID {
            throw .failed(
                "salesforce.auth.clientId is still that of the authorisation to be replaced; put "
                    + "the consumer key of the External Client App there first")
        }
    }

    /// Shows that the new grant is for the org of before. The data folder's org is compared by its
    /// id; another tool's by its org id, or by its username, which no two orgs share (Salesforce
    /// Help, "Guidelines for Adding Users"). No password is used for it.
    func prove(
        sameOrgAs identity: Identity, bound: RecordID?, _ client: SalesforceClient
    ) async throws {
        if let bound, bound != identity.organizationID {
            throw otherOrg("the data folder belongs to org \(bound)", identity)
        }
        guard let earlierTool else { return }
        if let text = earlierTool.organization {
            guard RecordID(answered: text) == identity.organizationID else {
                throw otherOrg("the earlier configuration names org \(text)", identity)
            }
            return
        }
        guard let username = earlierTool.username else { return }
        let users = try await client.query(
            Query(
                object: "User", fields: ["Username"],
                where: .equals(field: "Username", .text(username))))
        guard !users.isEmpty else {
            throw otherOrg(
                "the user of the earlier configuration is not a user of this org", identity)
        }
    }

    private func otherOrg(_ reason: String, _ identity: Identity) -> CommandFailure {
        .failed(
            "\(reason), and the new authorisation is for org \(identity.organizationID); nothing "
                + "was changed")
    }

    /// What is being retired, and when, as Salesforce has announced it.
    var notices: [String] {
        var notices = [Self.connectedApps]
        if earlierTool != nil { notices.append(Self.customerIO) }
        if earlierTool?.hasPassword == true {
            notices.append(Self.usernamePassword)
            notices.append(
                "take user name, password and security token out of the earlier configuration, and "
                    + "change the password")
        } else {
            notices.append(Self.uninstalledApps)
        }
        notices.append(
            "when nothing else uses it, an admin should block or delete the connected app of "
                + "before (Setup, Connected Apps OAuth Usage)")
        return notices
    }

    private static let connectedApps =
        "new connected apps can no longer be created by default since Spring '26; External Client "
        + "Apps take their place (Salesforce knowledge article 005228017)"
    private static let customerIO =
        "Customer.io's Salesforce connections made before 17 June 2026 stop working on 17 August "
        + "2026 unless they are migrated (Customer.io, \"Salesforce Data-Out Integration\")"
    private static let uninstalledApps =
        "connected apps that are not installed in the org have been blocked since September 2025, "
        + "but for users who had authorised them before (Salesforce knowledge article 005132365)"
    private static let usernamePassword =
        "the username-password flow is being removed: it works on existing connected apps only, "
        + "and until Winter '27; it fails where multi-factor login is demanded; SOAP login() is "
        + "retiring as well (Salesforce knowledge article 000886201)"
}

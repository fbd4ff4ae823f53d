/// Everything `tidemark.yaml` says, checked, with defaults filled in and the environment's
/// overrides applied. Secrets are named, not fetched: see ``Secret``.
package struct Configuration: Sendable, Hashable {
    /// The file it was read from, as given.
    package let file: String
    /// The absolute path of the folder that holds the file; what paths in it are relative to.
    package let folder: String
    /// The absolute path of the data folder.
    package let data: String
    /// The door in.
    package let ingest: IngestConfiguration
    /// The door out.
    package let dashboard: DashboardConfiguration
    /// The org.
    package let salesforce: SalesforceConfiguration
    /// In the order of the file; names differ.
    package let actions: [Action]
    /// What is allowed and probably not meant; to be shown, never in the way.
    package let warnings: [ConfigurationProblem]

    /// A larger file is refused.
    package static let fileBytesMax = 4 * 1024 * 1024
    /// A larger secret file is refused.
    package static let secretBytesMax = 64 * 1024
}

/// `ingest:` — the door in.
package struct IngestConfiguration: Sendable, Hashable {
    /// 127.0.0.1:8080 by default.
    package let listen: ListenAddress
    /// Names and write keys are unique.
    package let sources: [SourceConfiguration]
    /// How much the door takes.
    package let limits: DoorLimits
    /// The web pages that may send from a browser, as `https://www.example.com`; or `*`. None by
    /// default.
    package let allowedOrigins: [String]
}

/// One source that may send events over HTTP.
package struct SourceConfiguration: Sendable, Hashable {
    /// What the log calls the source.
    package let name: String
    /// What its senders authorise themselves with.
    package let writeKey: Secret

    static func sharedKeyMessage(_ one: String, _ other: String) -> String {
        "the sources \"\(one)\" and \"\(other)\" share a write key; give each its own"
    }
}

/// `dashboard:` — the door out.
package struct DashboardConfiguration: Sendable, Hashable {
    /// 127.0.0.1:8081 by default.
    package let listen: ListenAddress
}

/// `salesforce:` — the org and how to treat it.
package struct SalesforceConfiguration: Sendable, Hashable {
    /// What the user calls the org.
    package let name: String
    /// Whether anything is asked of the org. Events are taken in and kept either way.
    package let isEnabled: Bool
    /// Whether the org is a sandbox.
    package let sandbox: Bool
    /// Scheme and host, without a slash at the end: as configured, or Salesforce's own for
    /// production or sandboxes.
    package let loginURL: String
    /// Whether ``loginURL`` is this machine, as in tests: only then may the instance be, too.
    package let isLoginLoopback: Bool
    /// Such as `64.0`.
    package let apiVersion: String
    /// How a token is got.
    package let auth: SalesforceAuthorization
    /// The share of the org's rolling 24 h allocation of API calls that may be used; above 0, up to
    /// 1.
    package let budgetShare: Double
    /// How long a create in doubt waits before it is looked at again.
    package let inDoubtFence: Duration
    /// What happens to planned deletes.
    package let deletes: DeletePolicy
    /// `nil` when there is none.
    package let brake: MassChangeBrake?
    /// How long changes may wait for a lane that is cheaper than the fastest one.
    package let latency: Duration
    /// How records are treated, by their object's name in lower case.
    package let objects: [String: ObjectConfiguration]

    /// Used when the file says nothing.
    package static let apiVersionDefault = "64.0"
    /// Used when the file says nothing: a fifth stays for everyone else.
    package static let budgetShareDefault = 0.8
    /// Salesforce ends a request after 10 minutes; the rest is margin.
    package static let inDoubtFenceDefault = Duration.seconds(15 * 60)
    /// Used when the file says nothing: most jobs of Bulk API 2.0 are over within it.
    package static let latencyDefault = Duration.seconds(15 * 60)
}

/// One of `salesforce.objects`: how the records of an object are treated.
package struct ObjectConfiguration: Sendable, Hashable {
    /// The API name, as written.
    package let object: String
    /// Whether the org's active assignment rules may give a written record another owner.
    package let assignmentRules: Bool
    /// What becomes of a record that a duplicate rule alerts to.
    package let duplicateRules: DuplicateRulePolicy
    /// Of leads only: what becomes of one that people converted.
    package let converted: ConvertedLeadPolicy
}

/// What becomes of a lead that people converted.
package enum ConvertedLeadPolicy: String, Sendable, Hashable, CaseIterable {
    /// It is parked: a converted lead is read-only.
    case park
    /// The key of contacts, or of accounts, that the same matcher names takes the record over that
    /// the lead became.
    case contact, account
}

/// What becomes of a record that one of the org's duplicate rules alerts to. A rule that blocks
/// cannot be passed.
package enum DuplicateRulePolicy: String, Sendable, Hashable, CaseIterable {
    /// It is not saved; its key is parked with the records that it resembles.
    case enforce
    /// It is saved.
    case allowSave = "allow-save"
}

/// How Salesforce is asked for a token.
package struct SalesforceAuthorization: Sendable, Hashable {
    /// The OAuth flow.
    package let flow: AuthorizationFlow
    /// The consumer key of the app in the org.
    package let clientID: Secret
    /// Present with ``AuthorizationFlow/clientCredentials``; optional with `web`; absent with
    /// `jwt`.
    package let clientSecret: Secret?
    /// Present with ``AuthorizationFlow/jwt`` only.
    package let username: String?
    /// PEM; present with ``AuthorizationFlow/jwt`` only.
    package let privateKey: Secret?
    /// What stored grants are sealed with; used with ``AuthorizationFlow/web`` only.
    package let grantKey: Secret
    /// Where the browser is sent back to on this machine; `nil` for any free port.
    package let callbackPort: Int?

    /// The credential that systemd hands over, unless the file says otherwise.
    package static let grantKeyCredential = "tidemark-grant-key"
}

/// The OAuth flows, by their names in the configuration.
package enum AuthorizationFlow: String, Sendable, Hashable, CaseIterable {
    case clientCredentials = "client-credentials"
    case jwt, web
}

/// What happens to planned deletes.
package enum DeletePolicy: String, Sendable, Hashable, CaseIterable {
    case allow
    /// They wait for a person's approval.
    case hold
}

/// More deletes than this in one round wait for a person: both bounds must be passed.
package struct MassChangeBrake: Sendable, Hashable {
    /// Records, at least 1.
    package let count: Int
    /// Of the records known; above 0, up to 1.
    package let share: Double
}

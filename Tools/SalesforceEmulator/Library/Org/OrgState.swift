/// Everything the org knows, as one value: `Org` guards it with a lock, so that each API call
/// executes alone, as in one database transaction.
struct OrgState: Sendable {
    let options: EmulatorOptions
    let userID: String
    let organizationID: String
    var baseURL = ""
    var schema: Schema
    var store: RecordStore
    var sessions = Sessions()
    var apps: [OAuthApp]
    var grants = OAuthGrants()
    var allowance: CallAllowance
    var faults = FaultPlan()
    var truth = TruthLog()
    var statistics = Statistics()
    var cursors = QueryCursors()
    var bulk = BulkJobs()
    var visibility = Visibility()
    var duplicateRules: [DuplicateRule] = []
    var automations: [Automation] = []
    var settings: OrgSettings {
        didSet { visibility.masksEncryptedText = !settings.showsEncryptedText }
    }
    /// By object: the owner that an active assignment rule gives.
    var assignmentOwners: [String: String] = [:]
    /// When the schema or permissions last changed, milliseconds since 1970 UTC, whole seconds.
    var schemaChangedAt: Int64
    /// The same by object, lower-cased; those never touched are as old as the org.
    var objectsChangedAt: [String: Int64] = [:]
    var createdAt: Int64
    /// Fields as they were before they were made read-only, by `object.field`, lower-cased.
    var lockedFields: [String: FieldSchema] = [:]
    /// Calls in progress, and how many there may be.
    var concurrency = CallConcurrency()

    init(_ options: EmulatorOptions) {
        self.options = options
        settings = options.settings
        visibility.masksEncryptedText = !options.settings.showsEncryptedText
        schema = options.schema.adapted(to: options.settings)
        store = RecordStore(instance: "ak")
        bulk.delayMilliseconds = options.bulkDelayMilliseconds
        allowance = CallAllowance(max: options.dailyCallMax, used: 0)
        organizationID = RecordIdentifier.make(
            prefix: "00D", instance: "ak", number: options.organizationNumber)
        userID = RecordIdentifier.make(prefix: "005", instance: "ak", number: 1)
        createdAt = options.now() / 1_000 * 1_000
        schemaChangedAt = createdAt
        concurrency.max = options.concurrentCallMax
        apps = options.apps
        seedUsers()
        seedPermissions()
    }

    var now: Int64 { options.now() }

    /// The user whose session the API calls run in, and a colleague who can own records.
    private mutating func seedUsers() {
        for (first, last) in [("Integration", "User"), ("Ada", "Admin")] {
            let id = store.nextID(.user).id
            let name = "\(first.lowercased()).\(last.lowercased())@emulator.example"
            let record = StoredRecord(
                id: id,
                values: [
                    "Username": .text(name), "Email": .text(name), "FirstName": .text(first),
                    "LastName": .text(last), "Name": .text("\(first) \(last)"),
                    "IsActive": .bool(true),
                ], createdAt: schemaChangedAt, modifiedAt: schemaChangedAt)
            store.insert(record, into: .user)
        }
        store.forgetChanges()
    }

    /// Back to an empty org: records, faults, truth, counts and sessions go; schema changes,
    /// rules and the address stay.
    mutating func reset() {
        var fresh = OrgState(options)
        fresh.baseURL = baseURL
        fresh.schema = schema
        fresh.duplicateRules = duplicateRules
        fresh.automations = automations
        fresh.settings = settings
        fresh.assignmentOwners = assignmentOwners
        fresh.schemaChangedAt = schemaChangedAt
        fresh.objectsChangedAt = objectsChangedAt
        fresh.createdAt = createdAt
        fresh.lockedFields = lockedFields
        fresh.concurrency.max = concurrency.max
        fresh.concurrency.current = concurrency.current
        // Sessions outlive a reset: it empties the org, it does not log anybody out.
        fresh.sessions = sessions
        fresh.bulk = bulk.emptied
        fresh.apps = apps
        fresh.grants = grants
        self = fresh
    }
}

/// Access tokens that are valid now.
struct Sessions: Sendable {
    private var tokens: Set<String> = []
    private var issuedCount = 0

    mutating func issue(organization: String, time: Int64) -> String {
        issuedCount += 1
        var random = SystemRandomNumberGenerator()
        let secret = (0..<3).map { _ in String(random.next(), radix: 36) }.joined()
        let token = "\(RecordIdentifier.short(organization))!AQ\(issuedCount).\(secret)"
        tokens.insert(token)
        return token
    }

    func contains(_ token: String) -> Bool { tokens.contains(token) }

    mutating func expireAll() { tokens.removeAll() }

    mutating func end(_ ended: [String]) { tokens.subtract(ended) }
}

/// The org's daily API requests (Salesforce Developer Limits, "API Request Limits").
struct CallAllowance: Sendable {
    var max: Int
    var used: Int

    var isExhausted: Bool { used >= max }
    /// The value of `Sforce-Limit-Info`.
    var header: String { "api-usage=\(used)/\(max)" }
}

/// Calls in progress at once. Salesforce counts those that run for 20 s or longer (Salesforce
/// Developer Limits, "Concurrent API Request Limits"); here every call counts, so that a test
/// need not wait.
struct CallConcurrency: Sendable {
    /// nil: no limit.
    var max: Int?
    var current = 0
    /// The most there were since the last reset.
    private(set) var peak = 0

    /// Counts a call in; false when there are too many already.
    mutating func enter() -> Bool {
        current += 1
        peak = Swift.max(peak, current)
        return max.map { current <= $0 } ?? true
    }

    mutating func leave() { current -= 1 }
}

/// What the API user may not see.
struct Visibility: Sendable {
    /// By object: field names, lower-cased, that field-level security hides.
    var hiddenFields: [String: Set<String>] = [:]
    /// Classic encrypted text reads masked.
    var masksEncryptedText = false
    /// Ids of records that sharing hides.
    var hiddenRecords: Set<String> = []

    func hiddenFields(of object: ObjectSchema) -> Set<String> {
        hiddenFields[object.name.lowercased()] ?? []
    }

    func shows(_ field: FieldSchema, of object: ObjectSchema) -> Bool {
        hiddenFields.isEmpty || !hiddenFields(of: object).contains(field.name.lowercased())
    }
}

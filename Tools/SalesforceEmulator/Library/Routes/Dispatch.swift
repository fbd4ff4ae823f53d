/// How a call executes: its number, and what faults do to it.
struct Execution: Sendable {
    /// From 1, in order of arrival.
    let number: Int
    /// False when a fault will keep the answer from the client.
    var isAnswered = true
    var itemFaults: [Int: Refusal] = [:]
    /// A late execution was let in when it arrived; a session ended since does not stop it.
    var isAdmitted = false
}

extension OrgState {
    /// Versions served. Older ones answer 410 (REST API Developer Guide, "Status Codes").
    static let versionMin = 31
    static let versionMax = 66

    /// Executes one call completely: the whole org is locked meanwhile, so calls never overlap.
    mutating func execute(_ call: RoutedCall, _ execution: Execution) -> APIResponse {
        defer { store.forgetChanges() }
        switch call.route {
        case .authorize where call.request.method == "GET": return authorize(call.request)
        case .token: return token(call.request)
        case .revoke: return revoke(call.request)
        case .versions where call.request.method == "GET": return versions()
        case .userInfo, .identity: return identity(call)
        default: break
        }
        if !execution.isAdmitted, let answer = Authorization.refusal(call.request, sessions) {
            return answer
        }
        if let refusal = versionRefusal(call.version) { return APIResponse(refusal) }
        guard !allowance.isExhausted else {
            return APIResponse(FaultAnswers.dailyLimit)
                .adding("Sforce-Limit-Info", allowance.header)
        }
        allowance.used += 1
        return answer(call, context(call.request, execution))
            .adding("Sforce-Limit-Info", allowance.header)
    }

    /// Dispatches a call, or a subrequest of a composite call, that was let in.
    mutating func answer(_ call: RoutedCall, _ context: WriteContext) -> APIResponse {
        if let refusal = methodRefusal(call) ?? mediaRefusal(call.request) {
            return APIResponse(refusal)
        }
        do throws(Refusal) {
            switch call.route {
            case .resources: return resources(call.version)
            case .limits: return limits()
            case .describeGlobal: return describeGlobal(call)
            case .describe(let name): return try describe(name, call)
            case .query(let all): return try query(call, all: all)
            case .queryPage(let reference):
                return APIResponse(200, .json(try page(reference, version: call.version)))
            case .records(let name) where call.request.method == "POST":
                return try create(name, call, context)
            case .records(let name): return try recordsSummary(name, call)
            case .record(let object, let id): return try record(object, id, call, context)
            case .keyed(let object, let key, let value):
                return try keyed(object, key, value, call, context)
            case .collections: return try collections(call, context)
            case .collectionsRetrieve(let object): return try retrieve(object, call)
            case .collectionsUpsert(let object, let key):
                return try collectionsUpsert(object, key, call, context)
            case .composite: return try composite(call, context)
            case .batch: return try batch(call, context)
            case .bulk(let route): return try bulk(route, call, context)
            case .duplicateCheck: return try duplicateCheck(call)
            case .authorize, .token, .revoke, .userInfo, .identity, .versions, .unknown:
                throw Refusal.notFound
            }
        } catch {
            if context.author == .api, call.kind.isWrite { statistics.refused += 1 }
            return APIResponse(error)
        }
    }

    private func context(_ request: APIRequest, _ execution: Execution) -> WriteContext {
        var context = WriteContext(now: now)
        context.call = execution.number
        context.isAnswered = execution.isAnswered
        context.itemFaults = execution.itemFaults
        context.readHeaders(of: request)
        return context
    }

    private func versionRefusal(_ version: String) -> Refusal? {
        let parts = version.dropFirst().split(separator: ".")
        guard version.hasPrefix("v"), parts.count == 2, parts[1] == "0", let major = Int(parts[0]),
            major <= Self.versionMax, major > 0
        else { return .notFound }
        if major < Self.versionMin {
            return Refusal("GONE", "This API version has been retired", status: 410)
        }
        return nil
    }

    private func methodRefusal(_ call: RoutedCall) -> Refusal? {
        let allowed = call.route.methods
        guard !allowed.isEmpty, !allowed.contains(call.request.method) else { return nil }
        return Refusal(
            "METHOD_NOT_ALLOWED",
            "HTTP Method '\(call.request.method)' not allowed. Allowed are "
                + allowed.joined(separator: ","), status: 405)
    }

    private func mediaRefusal(_ request: APIRequest) -> Refusal? {
        let writes = request.method == "POST" || request.method == "PATCH"
        guard writes, !Authorization.isJSON(request) else { return nil }
        let type = request.headers["content-type"] ?? "none"
        return Refusal(
            "UNSUPPORTED_MEDIA_TYPE",
            "Content type \(type) is not supported; use application/json", status: 415)
    }

    /// The JSON object of a write's body.
    func body(_ request: APIRequest) throws(Refusal) -> JSON {
        if let body = request.parsedBody { return body }
        do { return try JSON.parse(request.body) } catch {
            throw Refusal(
                "JSON_PARSER_ERROR",
                "\(error.reason) at [byte \(error.byteIndex)]")
        }
    }

    func object(_ name: String) throws(Refusal) -> ObjectSchema {
        guard let object = schema.object(name) else { throw .notFound }
        return object
    }
}

extension CallKind {
    var isWrite: Bool {
        switch self {
        case .create, .update, .upsert, .delete: true
        default: false
        }
    }
}

extension Route {
    /// The methods a resource answers; empty where the handler decides itself.
    var methods: [String] {
        switch self {
        case .resources, .limits, .describeGlobal, .describe, .query, .queryPage:
            ["HEAD", "GET"]
        case .records: ["HEAD", "GET", "POST"]
        case .record, .keyed: ["HEAD", "GET", "PATCH", "DELETE"]
        case .collections: ["POST", "PATCH", "DELETE"]
        case .collectionsUpsert: ["PATCH"]
        case .collectionsRetrieve, .composite, .batch, .duplicateCheck: ["POST"]
        case .bulk(let route): route.methods
        case .authorize, .token, .revoke, .userInfo, .identity, .versions, .unknown: []
        }
    }
}

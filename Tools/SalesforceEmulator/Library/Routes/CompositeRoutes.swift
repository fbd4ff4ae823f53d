/// `POST /composite` (REST API Developer Guide, "Composite"; shapes and messages as recorded).
extension OrgState {
    static let subrequestCountMax = 25
    /// Of the subrequests, how many may be queries or collections.
    static let heavySubrequestCountMax = 5

    mutating func composite(
        _ call: RoutedCall, _ context: WriteContext
    ) throws(Refusal) -> APIResponse {
        let body = try body(call.request)
        let subrequests = try subrequests(body)
        let savepoint = savepoint
        var run = CompositeRun()
        var itemCount = 0
        for subrequest in subrequests {
            var own = context
            own.itemFaults = context.itemFaults(from: itemCount, count: subrequest.itemCount)
            itemCount += subrequest.itemCount
            let answer = answer(subrequest, &run, call, own)
            run.add(answer, to: subrequest)
            if run.hasFailed, body["allOrNone"]?.bool == true {
                rollBack(to: savepoint)
                run.rollBack(subrequests)
                break
            }
        }
        return APIResponse(200, .json(["compositeResponse": .array(run.entries)]))
    }

    private mutating func answer(
        _ subrequest: Subrequest, _ run: inout CompositeRun, _ call: RoutedCall,
        _ context: WriteContext
    ) -> APIResponse {
        let resolved: Subrequest
        switch run.resolve(subrequest) {
        case .success(let subrequest): resolved = subrequest
        case .failure(let refusal): return APIResponse(refusal)
        }
        let inner = RoutedCall(resolved.request(of: call.request))
        var context = context
        context.readHeaders(of: inner.request)
        statistics.subrequests[inner.kind, default: 0] += 1
        // Neither itself nor jobs can stand inside ("Composite": supported resources).
        if case .bulk = inner.route { return APIResponse(.notFound) }
        if inner.route == .composite || inner.route == .batch { return APIResponse(.notFound) }
        if let effect = faults.effect(onSubrequest: inner.kind) {
            statistics.faultsFired += 1
            if let answer = FaultAnswers.answer(effect) { return answer }
            context.itemFaults = FaultAnswers.itemFaults(effect)
        }
        return answer(inner, context)
    }

    private func subrequests(_ body: JSON) throws(Refusal) -> [Subrequest] {
        var subrequests: [Subrequest] = []
        for json in body["compositeRequest"]?.array ?? [] {
            guard let subrequest = Subrequest(json) else {
                throw Refusal(
                    "INVALID_INPUT", "A subrequest needs method, url and referenceId")
            }
            let names = (subrequest.headers.members ?? []).map { $0.name.lowercased() }
            guard Set(names).isDisjoint(with: Subrequest.inheritedHeaders) else {
                throw Refusal(
                    "INVALID_INPUT",
                    "Accept, Authorization and Content-Type cannot be set in a subrequest")
            }
            subrequests.append(subrequest)
        }
        guard Set(subrequests.map(\.referenceID)).count == subrequests.count else {
            throw Refusal("INVALID_INPUT", "Each referenceId must be unique in the request")
        }
        guard !subrequests.isEmpty else {
            throw Refusal("INVALID_INPUT", "compositeRequest must not be empty")
        }
        guard subrequests.count <= Self.subrequestCountMax else {
            throw Refusal(
                "LIMIT_EXCEEDED", "Cannot have more than 25 subrequests in a composite request")
        }
        let heavy = subrequests.filter {
            let path = $0.url.split(separator: "?")[0]
            return path.contains("/query") || path.contains("/composite/sobjects")
        }
        guard heavy.count <= Self.heavySubrequestCountMax else {
            throw Refusal(
                "LIMIT_EXCEEDED",
                "Cannot have more than 5 query or sObject Collections subrequests")
        }
        return subrequests
    }
}

/// One entry of `compositeRequest`.
struct Subrequest: Sendable {
    let method: String
    var url: String
    var body: JSON
    let headers: JSON
    let referenceID: String

    init?(_ json: JSON) {
        guard let method = json["method"]?.string, let url = json["url"]?.string, !url.isEmpty,
            let referenceID = json["referenceId"]?.string
        else { return nil }
        self.method = method
        self.url = url
        self.referenceID = referenceID
        body = json["body"] ?? .null
        headers = json["httpHeaders"] ?? .null
    }

    /// Headers of the outer call that hold for its parts, and must not stand in one; every other
    /// header is the part's own (REST API Developer Guide, "Composite Subrequest", httpHeaders).
    static let inheritedHeaders = ["accept", "authorization", "content-type"]

    /// The call it stands for.
    func request(of outer: APIRequest) -> APIRequest {
        var all = outer.headers.filter { Self.inheritedHeaders.contains($0.key) }
        for member in headers.members ?? [] {
            all[member.name.lowercased()] = member.value.string
        }
        all["content-type"] = "application/json"
        var request = APIRequest(method: method, target: url, headers: all, body: [])
        if !body.isNull { request.parsedBody = body }
        return request
    }

    /// Records that it writes; item faults of the outer call count through all subrequests.
    var itemCount: Int {
        if isCollections, method != "DELETE" { return body["records"]?.array?.count ?? 0 }
        if isCollections { return url.split(separator: ",").count }
        return method == "GET" ? 0 : 1
    }

    /// Inner collections keep their own answer when the outer call rolls back: a trap the guide
    /// itself names, they show `success:true` for what was undone.
    var isCollections: Bool { url.contains("/composite/sobjects") }
}

/// Answers so far, for references and for the final document.
struct CompositeRun: Sendable {
    private(set) var entries: [JSON] = []
    private var answers: [String: APIResponse] = [:]
    private(set) var hasFailed = false

    mutating func add(_ answer: APIResponse, to subrequest: Subrequest) {
        answers[subrequest.referenceID] = answer
        hasFailed = hasFailed || answer.status >= 400 || answer.status == 300
        entries.append(Self.entry(answer, subrequest))
    }

    private static func entry(_ answer: APIResponse, _ subrequest: Subrequest) -> JSON {
        let headers = answer.headers.map { JSON.Member($0.name, .string($0.value)) }
        return [
            "body": answer.json, "httpHeaders": .object(headers),
            "httpStatusCode": .int(answer.status), "referenceId": .string(subrequest.referenceID),
        ]
    }

    /// After a rollback all subrequests but the one that failed are halted, run or not.
    mutating func rollBack(_ subrequests: [Subrequest]) {
        let failed = entries.count - 1
        let halted = APIResponse(
            Refusal(
                "PROCESSING_HALTED",
                "The transaction was rolled back since another operation in the same transaction "
                    + "failed."))
        entries = subrequests.enumerated().map { index, subrequest in
            if index == failed { return entries[index] }
            if index < failed, subrequest.isCollections { return entries[index] }
            return Self.entry(halted, subrequest)
        }
    }

    /// Replaces every `@{ref.path}` in url and body.
    func resolve(_ subrequest: Subrequest) -> Result<Subrequest, Refusal> {
        var resolved = subrequest
        do {
            resolved.url = try text(subrequest.url)
            if Self.hasReference(subrequest.body) { resolved.body = try json(subrequest.body) }
            return .success(resolved)
        } catch { return .failure(error) }
    }

    /// Most bodies refer to nothing, and need no copy.
    private static func hasReference(_ json: JSON) -> Bool {
        switch json {
        case .string(let text): hasReference(text)
        case .array(let elements): elements.contains { hasReference($0) }
        case .object(let members): members.contains { hasReference($0.value) }
        case .null, .bool, .number: false
        }
    }

    private static func hasReference(_ text: String) -> Bool {
        zip(text.utf8, text.utf8.dropFirst()).contains {
            $0 == UInt8(ascii: "@") && $1 == UInt8(ascii: "{")
        }
    }

    private func json(_ json: JSON) throws(Refusal) -> JSON {
        switch json {
        case .string(let string): return .string(try text(string))
        case .array(let elements):
            var resolved: [JSON] = []
            for element in elements { resolved.append(try self.json(element)) }
            return .array(resolved)
        case .object(let members):
            var resolved: [JSON.Member] = []
            for member in members {
                resolved.append(JSON.Member(member.name, try self.json(member.value)))
            }
            return .object(resolved)
        case .null, .bool, .number: return json
        }
    }

    private func text(_ text: String) throws(Refusal) -> String {
        guard Self.hasReference(text) else { return text }
        var resolved = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "@{"),
            let end = rest[start.upperBound...].firstIndex(of: "}")
        {
            resolved += rest[..<start.lowerBound]
            resolved += try value(String(rest[start.upperBound..<end]))
            rest = rest[rest.index(after: end)...]
        }
        return resolved + rest
    }

    private func value(_ reference: String) throws(Refusal) -> String {
        let name = String(reference.prefix { $0 != "." && $0 != "[" })
        if let answer = answers[name], answer.status >= 300 {
            throw Refusal(
                "PROCESSING_HALTED",
                "Execution halted as previous operation (\(name)) was not successful.")
        }
        var found = answers[name]?.json
        for step in reference.dropFirst(name.count).split(whereSeparator: { ".[]".contains($0) }) {
            found = Int(step).map { found?[$0] } ?? found?[String(step)]
        }
        switch found {
        case .string(let text): return text
        case .number(let digits): return digits
        case .bool(let value): return value ? "true" : "false"
        default:
            throw Refusal(
                "PROCESSING_HALTED",
                "Invalid reference specified. No value for \(reference) found in \(name). "
                    + "Provided referenceId ('\(reference)') must start with a letter or a number, "
                    + "and it can contain only letters, numbers and underscores ('_').")
        }
    }
}

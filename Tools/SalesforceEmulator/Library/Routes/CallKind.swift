/// What a call does, as faults select it and statistics count it. Single-record and collections
/// calls of one verb are one kind.
package enum CallKind: String, Sendable, Hashable, CaseIterable {
    case authorize, token, revoke, identity, versions, describe, query, read, create, update,
        upsert, delete
    case composite, limits, other
    /// Bulk API 2.0: a new ingest job, its data, closing or aborting, job information, results,
    /// deleting, and a new query job. `bulkProcess` is no call: it is a job's turn.
    case bulkCreate, bulkUpload, bulkClose, bulkStatus, bulkResults, bulkDelete, bulkQuery
    case bulkProcess
}

/// Where a request goes.
enum Route: Sendable, Equatable {
    case batch
    case authorize, token, revoke, userInfo, identity, versions, resources, limits, composite
    case describeGlobal
    case describe(String)
    case query(all: Bool)
    case queryPage(String)
    case collections
    case collectionsRetrieve(String)
    case collectionsUpsert(object: String, key: String)
    case records(String)
    case record(object: String, id: String)
    case keyed(object: String, key: String, value: String)
    case bulk(BulkRoute)
    case duplicateCheck
    case unknown

    /// - Parameter data: the segments after `/services/data/vNN.N`.
    init(data: [String]) {
        if data.first == "jobs" {
            self = BulkRoute(data.dropFirst()).map(Route.bulk) ?? .unknown
            return
        }
        switch data.count {
        case 0: self = .resources
        case 1: self = Self.top(data[0])
        case 2: self = Self.pair(data[0], data[1])
        case 3: self = Self.triple(data)
        case 4 where data[0] == "composite" && data[1] == "sobjects":
            self = .collectionsUpsert(object: data[2], key: data[3])
        case 4 where data[0] == "sobjects":
            self = .keyed(object: data[1], key: data[2], value: data[3])
        default: self = .unknown
        }
    }

    private static func top(_ name: String) -> Route {
        switch name {
        case "sobjects": .describeGlobal
        case "query": .query(all: false)
        case "queryAll": .query(all: true)
        case "composite": .composite
        case "limits": .limits
        default: .unknown
        }
    }

    private static func pair(_ first: String, _ second: String) -> Route {
        switch first {
        case "sobjects": .records(second)
        case "query", "queryAll": .queryPage(second)
        case "composite" where second == "sobjects": .collections
        case "composite" where second == "batch": .batch
        case "ui-api" where second == "predupe": .duplicateCheck
        default: .unknown
        }
    }

    private static func triple(_ data: [String]) -> Route {
        switch (data[0], data[2]) {
        case ("sobjects", "describe"): .describe(data[1])
        case ("sobjects", let id): .record(object: data[1], id: id)
        case ("composite", let object) where data[1] == "sobjects": .collectionsRetrieve(object)
        default: .unknown
        }
    }

    func kind(method: String) -> CallKind {
        switch self {
        case .authorize: .authorize
        case .token: .token
        case .revoke: .revoke
        case .userInfo, .identity: .identity
        case .versions, .resources: .versions
        case .limits: .limits
        case .composite, .batch: .composite
        case .describeGlobal, .describe: .describe
        case .query, .queryPage: .query
        case .collectionsUpsert: .upsert
        case .collectionsRetrieve, .duplicateCheck: .read
        case .records where method == "GET": .describe
        case .keyed where method == "PATCH": .upsert
        case .collections, .records, .record, .keyed: Self.verb(method)
        case .bulk(let route): route.kind(method: method)
        case .unknown: .other
        }
    }

    private static func verb(_ method: String) -> CallKind {
        switch method {
        case "POST": .create
        case "PATCH": .update
        case "DELETE": .delete
        default: .read
        }
    }
}

/// A request with its route: what faults, statistics and dispatch look at.
struct RoutedCall: Sendable {
    let request: APIRequest
    let route: Route
    let kind: CallKind
    /// `v66.0`; empty outside `/services/data/`.
    let version: String

    init(_ request: APIRequest) {
        self.request = request
        let path = request.path
        var version = ""
        switch path.first {
        case "services" where path == ["services", "oauth2", "authorize"]: route = .authorize
        case "services" where path == ["services", "oauth2", "token"]: route = .token
        case "services" where path == ["services", "oauth2", "revoke"]: route = .revoke
        case "services" where path == ["services", "oauth2", "userinfo"]: route = .userInfo
        case "services" where path == ["services", "data"]: route = .versions
        case "services" where path.count > 2 && path[1] == "data":
            version = path[2]
            route = Route(data: Array(path.dropFirst(3)))
        case "id" where path.count == 3: route = .identity
        default: route = .unknown
        }
        self.version = version
        kind = route.kind(method: request.method)
    }
}

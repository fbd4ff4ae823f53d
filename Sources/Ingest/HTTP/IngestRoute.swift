import Events
import HTTPTypes

/// What a path asks for.
enum IngestRoute: Equatable {
    case event(EventKind)
    /// `/v1/batch`, and `/v1/import`, which older libraries use for history.
    case batch
    /// Whether the process is up.
    case health
    /// Whether events can be stored durably now.
    case readiness

    /// Every path with its route.
    static let all: [(path: String, route: IngestRoute)] =
        EventKind.allCases.map { ("/v1/\($0.rawValue)", .event($0)) }
        + EventKind.allCases.map { ("/v1/\($0.letter)", .event($0)) } + [
            ("/v1/batch", .batch), ("/v1/b", .batch), ("/v1/import", .batch),
            ("/healthz", .health), ("/readyz", .readiness),
        ]

    /// Finds the route of a request target. What follows a `?` is ignored (a write key there would
    /// end up in the logs of every proxy on the way), as is a slash at the end.
    static func find(_ target: String) -> IngestRoute? {
        var path = target.prefix { $0 != "?" }
        if path.count > 1, path.last == "/" { path.removeLast() }
        switch path {
        case "/v1/batch", "/v1/b", "/v1/import": return .batch
        case "/healthz": return .health
        case "/readyz": return .readiness
        default:
            guard path.hasPrefix("/v1/") else { return nil }
            let name = path.dropFirst(4)
            return EventKind.allCases.first { $0.rawValue == name || $0.letter == name }
                .map(IngestRoute.event)
        }
    }

    var method: HTTPRequest.Method {
        switch self {
        case .event, .batch: .post
        case .health, .readiness: .get
        }
    }
}

extension EventKind {
    /// What libraries for browsers call the kind in a path (analytics-next, plugin `segmentio`).
    fileprivate var letter: Substring { rawValue.prefix(1) }
}

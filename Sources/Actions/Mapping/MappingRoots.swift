import Events

/// What a mapping's paths can reach where they stand.
enum MappingRoots: Sendable, Equatable {
    /// The members of an event.
    case event
    /// The members that the `apply` of a `@transform` makes.
    case members([String])
    /// Anything: an element of a list, or what a directive makes.
    case anything

    /// Why a path leads nowhere; `nil` when it may lead somewhere.
    func problem(with path: JSONPath, written name: String) -> String? {
        // No step is the whole of it.
        guard let first = path.steps.first else { return nil }
        switch self {
        case .anything: return nil
        case .event: return EventRoots.problem(with: path, written: name, readsStamps: true)
        case .members(let names):
            guard case .member(let root) = first, !names.contains(root) else { return nil }
            let hint = NearestName.of(root, among: names).map { " (did you mean \"\($0)\"?)" } ?? ""
            return "\"apply\" makes no \"\(root)\"\(hint); there are "
                + names.joined(separator: ", ")
        }
    }
}

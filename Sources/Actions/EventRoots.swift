import Events

/// The members of an event that triggers and mappings may ask for: those of the Segment and
/// Customer.io Pipelines specification.
///
/// Any other first word can only be a mistake: the trigger would silently never fire, the mapping
/// silently never give a value.
enum EventRoots {
    /// Roots that hold one value.
    static let values = [
        "type", "event", "name", "userId", "anonymousId", "groupId", "previousId", "messageId",
        "category", "channel", "timestamp", "originalTimestamp", "sentAt", "version",
    ]
    /// Roots that hold members.
    static let objects = ["properties", "traits", "context", "integrations"]
    /// What only the door knows, and only mappings can read.
    static let stamps = ["receivedAt"]

    /// What is wrong with a path's first step; `nil` when nothing is.
    ///
    /// - Parameters:
    ///   - name: the path as the user wrote it.
    ///   - readsStamps: whether ``stamps`` can be read where the path stands.
    static func problem(
        with path: JSONPath, written name: String, readsStamps: Bool = false
    ) -> String? {
        guard case .member(let root) = path.steps.first else { return "a path begins with a name" }
        if objects.contains(root) { return nil }
        let values = readsStamps ? values + stamps : values
        if values.contains(root) {
            guard path.steps.count > 1 else { return nil }
            return "\"\(root)\" is one value; \"\(name)\" asks for a part of it"
        }
        let names = values + objects
        let hint = NearestName.of(root, among: names).map { " (did you mean \"\($0)\"?)" } ?? ""
        return "events have no \"\(root)\"\(hint); there are \(names.joined(separator: ", "))"
    }
}

extension Event {
    /// The value at `path`, read from the bytes without building a tree (unless it is one itself).
    ///
    /// The event's own members win over what its batch said for all its events. Where both hold an
    /// object, the two are merged one level deep: `context.ip` may come from the batch while
    /// `context.library` is the event's own.
    ///
    /// - Returns: `nil` when there is nothing at the path; `.null` when the sender wrote `null`.
    package func value(at path: JSONPath) -> JSONValue? {
        guard !shared.isEmpty else { return read(path.steps[...], in: bytes) { $0.tree($1) } }
        guard let first = path.steps.first else { return mergedRoot() }
        if path.steps.count == 1 { return merged(first) }
        return read(path.steps[...], in: bytes) { $0.tree($1) }
            ?? sharedValue(path.steps, first) { $0.tree($1) }
    }

    /// Whether there is anything but null at `path`, without making the value.
    package func hasValue(at path: JSONPath) -> Bool {
        guard shared.isEmpty else { return value(at: path).map { $0 != .null } ?? false }
        return read(path.steps[...], in: bytes) { !$0.isNull($1) } ?? false
    }

    /// The characters of the string at `path`; `nil` when there is none or it is another type.
    package func string(at path: JSONPath) -> String? {
        let steps = path.steps
        let own: String?? = read(steps[...], in: bytes) { $0.string($1) }
        if let own { return own }
        guard let first = steps.first else { return nil }
        return sharedValue(steps, first) { $0.string($1) } ?? nil
    }

    /// Which of the specification's message types this is.
    ///
    /// The door refuses an event that has no type or an unknown one; for bytes that did not pass
    /// through it and say neither, this is `.track`, the one that promises least.
    package var kind: EventKind {
        string(at: Self.typePath).flatMap(EventKind.init(rawValue:)) ?? .track
    }

    private static let typePath = JSONPath(["type"])
    private static let integrationsPath = JSONPath(["integrations"])

    /// Whether the sender lets the destination have this event.
    ///
    /// `integrations: {"Salesforce": false}` says no; so does `{"All": false}` unless the
    /// destination itself is given as `true` or with settings (an object).
    ///
    /// - Parameter name: what the user calls this one destination of its kind. It is asked for
    ///   first: the particular wins over the general.
    package func isEnabled(destination: String, named name: String? = nil) -> Bool {
        guard let integrations = value(at: Self.integrationsPath) else { return true }
        return name.flatMap { integrations.permission($0) }
            ?? integrations.permission(destination)
            ?? (integrations["All"] != .boolean(false))
    }

    // MARK: Own and shared

    private func read<Result>(
        _ steps: ArraySlice<JSONPath.Step>, in bytes: [UInt8],
        _ take: (JSONReader, Range<Int>) -> Result
    ) -> Result? {
        bytes.withUnsafeBytes { buffer in
            let reader = JSONReader(bytes: buffer)
            guard let value = reader.find(steps) else { return nil }
            return take(reader, value)
        }
    }

    /// What the batch says at a path of two or more steps, or at one the event lacks altogether.
    private func sharedValue<Result>(
        _ steps: [JSONPath.Step], _ first: JSONPath.Step,
        _ take: (JSONReader, Range<Int>) -> Result
    ) -> Result? {
        guard !shared.isEmpty else { return nil }
        // An own member that is no object hides the batch's; an own object hides what it has
        // itself.
        let ownIsObject = read([first], in: bytes) { $0.isObject($1) }
        guard ownIsObject ?? true else { return nil }
        if ownIsObject == true, steps.count > 2,
            read(steps[..<2], in: bytes, { _, _ in true }) != nil
        {
            return nil
        }
        return read(steps[...], in: shared, take)
    }

    private func merged(_ step: JSONPath.Step) -> JSONValue? {
        let own = read([step], in: bytes) { $0.tree($1) }
        switch own {
        case nil: return read([step], in: shared) { $0.tree($1) }
        case .object(let members):
            guard case .object(let theirs)? = read([step], in: shared, { $0.tree($1) }) else {
                return own
            }
            return .object(Self.merge(members, over: theirs))
        default: return own
        }
    }

    private func mergedRoot() -> JSONValue? {
        guard case .object(let own)? = read([], in: bytes, { $0.tree($1) }),
            case .object(let theirs)? = read([], in: shared, { $0.tree($1) })
        else { return read([], in: bytes) { $0.tree($1) } }
        let members = own.map { member in
            JSONMember(member.name, merged(.member(member.name)) ?? member.value)
        }
        return .object(Self.merge(members, over: theirs))
    }

    private static func merge(_ own: [JSONMember], over theirs: [JSONMember]) -> [JSONMember] {
        own + theirs.filter { shared in !own.contains { $0.name == shared.name } }
    }
}

extension JSONValue {
    /// What an event's `integrations` say of a destination; `nil` when they say nothing.
    fileprivate func permission(_ destination: String) -> Bool? {
        switch self[destination] {
        case .boolean(let isEnabled): isEnabled
        case .object: true
        default: nil
        }
    }
}

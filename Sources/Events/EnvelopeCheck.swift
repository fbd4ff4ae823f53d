/// Judges the envelope's members of one event whose JSON is sound.
struct EnvelopeCheck {
    let members: EnvelopeMembers
    let base: UnsafeRawPointer
    let routeKind: EventKind?
    let limits: EventLimits

    func envelope() throws(EventRejection) -> EventEnvelope {
        let kind = try statedKind()
        try require(kind ?? routeKind)
        try object(members.context, "context")
        try object(members.traits, "traits")
        try object(members.properties, "properties")
        try object(members.integrations, "integrations")
        return EventEnvelope(
            kind: kind, messageID: try messageID(), hasUserID: isIdentity(members.userID),
            hasAnonymousID: isIdentity(members.anonymousID),
            hasIntegrations: !members.integrations.isMissing,
            timestamp: try time(members.timestamp, "timestamp"),
            originalTimestamp: try time(members.originalTimestamp, "originalTimestamp"),
            sentAt: try time(members.sentAt, "sentAt"), receivedAt: receivedAt,
            writeKey: try writeKey(), writeKeyPlace: writeKeyPlace)
    }

    /// The same for the members that stand beside a batch's events.
    func batchMembers() throws(EventRejection) -> (
        writeKey: String?, sentAt: Int64?, receivedAt: Int64?
    ) {
        try object(members.context, "context")
        try object(members.integrations, "integrations")
        return (try writeKey(), try time(members.sentAt, "sentAt"), receivedAt)
    }

    // MARK: Kind

    private func statedKind() throws(EventRejection) -> EventKind? {
        guard !members.type.isMissing else { return nil }
        try string(members.type, "type")
        guard let kind = EventKind(members.type.content, in: base) else {
            let known = EventKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw EventRejection(
                .unknownType, "type must be one of \(known)", byteOffset: members.type.start,
                field: "type")
        }
        if let routeKind, routeKind != kind {
            throw EventRejection(
                .typeMismatch, "type is \(kind.rawValue), but it was sent as \(routeKind.rawValue)",
                byteOffset: members.type.start, field: "type")
        }
        return kind
    }

    /// What the specification requires of each kind.
    private func require(_ kind: EventKind?) throws(EventRejection) {
        guard let kind else { throw missing("type", "an event needs a type") }
        try identity(members.userID, "userId")
        try identity(members.anonymousID, "anonymousId")
        try identity(members.groupID, "groupId")
        try identity(members.previousID, "previousId")
        switch kind {
        case .track:
            guard !members.event.isMissing else {
                throw missing("event", "a track event needs the name of what happened")
            }
            try string(members.event, "event")
            guard !members.event.isEmptyString else {
                throw missing("event", "a track event needs the name of what happened")
            }
        case .group where !isIdentity(members.groupID):
            throw missing("groupId", "a group event needs groupId")
        case .alias where !isIdentity(members.previousID):
            throw missing("previousId", "an alias event needs previousId")
        case .alias where !isIdentity(members.userID):
            throw missing("userId", "an alias event needs userId")
        default: break
        }
        guard isIdentity(members.userID) || isIdentity(members.anonymousID) else {
            throw missing("userId", "an event needs userId or anonymousId")
        }
    }

    private func missing(_ field: String, _ message: String) -> EventRejection {
        EventRejection(.missingField, message, field: field)
    }

    // MARK: Types

    /// A text that is not empty, or a number: libraries let numbers through as ids.
    private func isIdentity(_ value: RawValue) -> Bool {
        value.kind == .number || (value.kind == .string && !value.isEmptyString)
    }

    private func identity(_ value: RawValue, _ field: String) throws(EventRejection) {
        guard value.isMissing || value.kind == .string || value.kind == .number else {
            throw wrongType(value, field, "a string")
        }
    }

    private func string(_ value: RawValue, _ field: String) throws(EventRejection) {
        guard value.kind == .string else { throw wrongType(value, field, "a string") }
    }

    private func object(_ value: RawValue, _ field: String) throws(EventRejection) {
        guard value.isMissing || value.kind == .object else {
            throw wrongType(value, field, "an object")
        }
    }

    private func wrongType(
        _ value: RawValue, _ field: String, _ wanted: String
    ) -> EventRejection {
        EventRejection(
            .wrongType, "\(field) must be \(wanted)", byteOffset: value.start, field: field)
    }

    // MARK: Values

    private func messageID() throws(EventRejection) -> SentText? {
        let value = members.messageID
        guard !value.isMissing else { return nil }
        try string(value, "messageId")
        guard !value.isEmptyString else { return nil }
        guard value.content.count <= limits.messageIDBytesMax else {
            throw EventRejection(
                .stringTooLong, "messageId is longer than \(limits.messageIDBytesMax) bytes",
                byteOffset: value.start, field: "messageId")
        }
        guard !value.hasEscapes else { return .text(value.content.text(in: base)) }
        return .place(value.content.start..<value.content.end)
    }

    private func writeKey() throws(EventRejection) -> String? {
        guard !members.writeKey.isMissing else { return nil }
        try string(members.writeKey, "writeKey")
        return members.writeKey.content.text(in: base)
    }

    private var writeKeyPlace: Range<Int>? {
        guard members.writeKey.kind == .string else { return nil }
        return members.writeKey.content.start..<members.writeKey.content.end
    }

    /// Unlike the sender's own times, a bad one is no reason to refuse anything.
    private var receivedAt: Int64? {
        guard members.receivedAt.kind == .string else { return nil }
        return Timestamp.parse(members.receivedAt.content.text(in: base))
    }

    private func time(_ value: RawValue, _ field: String) throws(EventRejection) -> Int64? {
        guard !value.isMissing else { return nil }
        try string(value, field)
        let content = UnsafeRawBufferPointer(
            start: base + value.content.start, count: value.content.count)
        let time =
            value.hasEscapes
            ? Timestamp.parse(value.content.text(in: base)) : Timestamp.parse(content)
        guard let time else {
            throw EventRejection(
                .invalidTimestamp,
                "\(field) must be a date and time as in 2026-01-02T03:04:05.678Z",
                byteOffset: value.start, field: field)
        }
        return time
    }
}

extension EventKind {
    /// The kind whose name stands at `name`.
    init?(_ name: RawString, in base: UnsafeRawPointer) {
        if name.equals("identify", in: base) {
            self = .identify
        } else if name.equals("track", in: base) {
            self = .track
        } else if name.equals("page", in: base) {
            self = .page
        } else if name.equals("screen", in: base) {
            self = .screen
        } else if name.equals("group", in: base) {
            self = .group
        } else if name.equals("alias", in: base) {
            self = .alias
        } else {
            return nil
        }
    }
}

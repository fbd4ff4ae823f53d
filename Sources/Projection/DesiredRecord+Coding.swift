import Records

// A whole row: `docs/data-files.md` shows the bytes.

/// Tags that stand where a value's tag could.
private enum RowTag {
    /// A field whose mapped value cannot be its type; the reason follows.
    static let invalidField: UInt8 = 7
    /// A field that points to a parent, named by one of the parent's fields.
    static let parentField: UInt8 = 8
}

extension DesiredRecord {
    /// The row's bytes.
    func encoded() -> [UInt8] {
        var writer = RowWriter()
        writer.text(object)
        writer.byte(form.rawValue)
        writer.list(matchers) { writer, matcher in
            writer.text(matcher.term.field)
            writer.text(matcher.term.form)
            writer.value(matcher.value)
            writer.stamp(matcher.stamp)
        }
        writer.list(joined) { $0.varint($1) }
        for stamp in [presence.exists, presence.absent, presence.ifExists] {
            writer.optional(stamp) { $0.stamp($1) }
        }
        writer.list(fields) { writer, field in
            writer.text(field.name)
            switch field.content {
            case .value(let value): writer.value(value)
            case .invalid(let invalid):
                writer.byte(RowTag.invalidField)
                writer.text(invalid.code)
                writer.text(invalid.detail)
            case .parent(let parent):
                writer.byte(RowTag.parentField)
                writer.parent(parent)
            }
            writer.byte(field.policy.rawValue)
            writer.stamp(field.stamp)
            writer.lastWrite(field.lastWrite, of: field.content)
        }
        writer.varint(changedAt)
        writer.optional(delivery.link) { $0.recordID($1) }
        writer.list(delivery.joinedLinks) { $0.recordID($1) }
        writer.status(delivery.status)
        writer.list(delivery.awaited) { writer, awaited in
            writer.varint(awaited.intent)
            writer.count(awaited.index)
            writer.byte(awaited.wait.rawValue)
        }
        writer.count(delivery.attempts)
        writer.count(delivery.doubts)
        writer.optional(delivery.approvedVersion) { $0.varint($1) }
        writer.count(delivery.replacements)
        return writer.bytes
    }
}

extension DesiredRecord {
    /// Reads the row of the key `id`.
    ///
    /// - Returns: `nil` when the bytes are not a row, whole and nothing more.
    static func decode(_ bytes: [UInt8], id: UInt64) -> DesiredRecord? {
        var reader = RowReader(bytes)
        let object = reader.text()
        guard let form = Form(rawValue: reader.byte()) else { return nil }
        let matchers = reader.list { $0.matcher() }
        let joined = reader.list { $0.varint() }
        let presence = PresenceState(
            exists: reader.optional { $0.stamp() }, absent: reader.optional { $0.stamp() },
            ifExists: reader.optional { $0.stamp() })
        let fields = reader.list { $0.field() }
        let changedAt = reader.varint()
        let link = reader.optional { $0.recordID() } ?? nil
        let joinedLinks = reader.list { $0.recordID() }.compactMap(\.self)
        let delivery = DeliveryState(
            link: link, joinedLinks: joinedLinks, status: reader.status(),
            awaited: reader.list { $0.awaited() },
            attempts: reader.integer(), doubts: reader.integer(),
            approvedVersion: reader.optional { $0.varint() }, replacements: reader.integer())
        guard reader.isComplete else { return nil }
        return DesiredRecord(
            id: id, object: object, form: form, matchers: matchers, joined: joined,
            presence: presence, fields: fields, changedAt: changedAt, delivery: delivery)
    }
}

extension RowReader {
    fileprivate mutating func matcher() -> MatcherState {
        let term = MatcherKey.Term(field: text(), form: text())
        return MatcherState(term: term, value: value(), stamp: stamp())
    }

    fileprivate mutating func awaited() -> AwaitedOperation {
        AwaitedOperation(
            intent: varint(), index: integer(),
            wait: AwaitedOperation.Wait(rawValue: byte()) ?? damaged(.fence))
    }

    fileprivate mutating func field() -> FieldState {
        let name = text()
        let content: FieldState.Content
        switch peek {
        case RowTag.invalidField:
            _ = byte()
            content = .invalid(InvalidValue(code: text(), detail: text()))
        case RowTag.parentField:
            _ = byte()
            content = .parent(parent())
        default: content = .value(value())
        }
        let policy = WritePolicyState(rawValue: byte()) ?? damaged(.always)
        return FieldState(
            name: name, content: content, policy: policy, stamp: stamp(),
            lastWrite: lastWrite(of: content))
    }
}

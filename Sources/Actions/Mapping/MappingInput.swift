import Events
import Records

/// What a mapping reads from: an event, or a value that another mapping made of one, such as the
/// elements that `@arrayPath` goes through.
protocol MappingInput {
    /// The value at a path; `nil` when there is nothing.
    func mapped(at path: JSONPath) -> FieldValue?
    /// Whether there is anything but null at a path.
    func isPresent(at path: JSONPath) -> Bool
    /// Appends the value at a path as text: texts as they are, nothing for null and for what is
    /// missing, lists and objects as JSON.
    func write(at path: JSONPath, to text: inout String)
}

extension Event: MappingInput {
    func mapped(at path: JSONPath) -> FieldValue? {
        value(at: path).map { FieldValue($0) } ?? stamp(at: path)
    }

    func isPresent(at path: JSONPath) -> Bool {
        hasValue(at: path) || stamp(at: path) != nil
    }

    /// Numbers keep the digits that they came with.
    func write(at path: JSONPath, to text: inout String) {
        switch value(at: path) {
        case nil: text += stamp(at: path)?.text ?? ""
        case .null: break
        case .string(let value): text += value
        case let value?: text += String(decoding: value.json, as: UTF8.self)
        }
    }

    /// What the reference products' servers write into each event, where the sender did not.
    private func stamp(at path: JSONPath) -> FieldValue? {
        guard path.steps.count == 1, case .member(let name) = path.steps[0] else { return nil }
        switch name {
        case "messageId": return .text(messageID)
        case "receivedAt": return .text(Timestamp.format(receivedAt))
        case "timestamp": return .text(Timestamp.format(eventTime))
        default: return nil
        }
    }
}

extension FieldValue: MappingInput {
    func mapped(at path: JSONPath) -> FieldValue? {
        var value = self
        for step in path.steps {
            guard let inner = value.child(step) else { return nil }
            value = inner
        }
        return value
    }

    func isPresent(at path: JSONPath) -> Bool {
        mapped(at: path).map { !$0.isNull } ?? false
    }

    func write(at path: JSONPath, to text: inout String) {
        switch mapped(at: path) {
        case nil, .null: break
        case .text(let value): text += value
        case let value?: value.write(to: &text)
        }
    }

    /// As events are read: digits index a list, and an index also names a member.
    private func child(_ step: JSONPath.Step) -> FieldValue? {
        switch (self, step) {
        case (.object(let members), .member(let name)): members[name]
        case (.object(let members), .index(let index)): members[String(index)]
        case (.list(let items), .index(let index)):
            items.indices.contains(index) ? items[index] : nil
        case (.list(let items), .member(let name)):
            Int(name).flatMap { items.indices.contains($0) ? items[$0] : nil }
        default: nil
        }
    }
}

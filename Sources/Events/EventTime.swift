extension Event {
    /// When it happened, in milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// `receivedAt - (sentAt - originalTimestamp)` when the sender gave `originalTimestamp` (or
    /// `timestamp`) and `sentAt`: the specification's correction of a client whose clock is wrong.
    /// An event of a file was sent to another door long ago: its clock is measured by when that one
    /// received it, which ours has put into ``shared``. Otherwise `timestamp`, or
    /// `originalTimestamp`, or the time it was received first. Never later than it was received:
    /// nothing can have happened in the future.
    package var eventTime: Int64 {
        let own = EventTimes(bytes)
        let stated = shared.isEmpty ? nil : EventTimes(shared)
        let original = own.originalTimestamp ?? own.timestamp
        if let sentAt = own.sentAt ?? stated?.sentAt, let original {
            return min(receivedAt, (stated?.receivedAt ?? receivedAt) - (sentAt - original))
        }
        return min(receivedAt, own.timestamp ?? original ?? stated?.receivedAt ?? receivedAt)
    }
}

/// The times of one object's top level, read in one pass. `null` and unreadable ones are absent.
private struct EventTimes {
    var timestamp: Int64?
    var originalTimestamp: Int64?
    var sentAt: Int64?
    var receivedAt: Int64?

    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            let reader = JSONReader(bytes: buffer)
            guard let start = reader.rootStart, buffer[start] == ASCII.openBrace else { return }
            var members = MemberCursor(bytes: buffer, objectStart: start)
            while let (name, value) = members.next() { note(name, value, reader) }
        }
    }

    private mutating func note(_ name: Range<Int>, _ value: Range<Int>, _ reader: JSONReader) {
        switch reader.name(name) {
        case .timestamp: timestamp = Self.time(value, reader)
        case .originalTimestamp: originalTimestamp = Self.time(value, reader)
        case .sentAt: sentAt = Self.time(value, reader)
        case .receivedAt: receivedAt = Self.time(value, reader)
        case nil: break
        }
    }

    private static func time(_ value: Range<Int>, _ reader: JSONReader) -> Int64? {
        reader.string(value).flatMap { Timestamp.parse($0) }
    }
}

private enum TimeMember: String {
    case timestamp, originalTimestamp, sentAt, receivedAt
}

extension JSONReader {
    /// Which of the times a member name means. Only names of a fitting length are looked at
    /// closely.
    fileprivate func name(_ name: Range<Int>) -> TimeMember? {
        let content = UnsafeRawBufferPointer(rebasing: bytes[name])
        if content.contains(ASCII.backslash) {
            let characters = JSONEscapes.unescaped(content)
            return TimeMember(rawValue: String(decoding: characters, as: UTF8.self))
        }
        switch name.count {
        case 6: return content.elementsEqual("sentAt".utf8) ? .sentAt : nil
        case 9: return content.elementsEqual("timestamp".utf8) ? .timestamp : nil
        case 10: return content.elementsEqual("receivedAt".utf8) ? .receivedAt : nil
        case 17: return content.elementsEqual("originalTimestamp".utf8) ? .originalTimestamp : nil
        default: return nil
        }
    }
}

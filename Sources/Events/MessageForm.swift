/// What a line of a file holds.
package enum MessageForm: Sendable, Hashable {
    case event
    /// `{"batch":[…]}` or a JSON array.
    case batch
    /// An event or a batch in the wrapping of RudderStack's archive:
    /// `{"userId":…,"payload":{…},"createdAt":…,"messageId":…}` (`archiver/worker.go` of
    /// rudder-server). The payload's place in the bytes, and when it was stored there, in
    /// milliseconds since 1970-01-01T00:00:00Z.
    case archived(payload: Range<Int>, createdAt: Int64?)

    /// Looks at the names of the outermost members; the bytes need not have been checked.
    ///
    /// An object that says its `type` is an event, whatever else it holds.
    package init(_ bytes: UnsafeRawBufferPointer) {
        let reader = JSONReader(bytes: bytes)
        guard let start = reader.rootStart, bytes[start] == ASCII.openBrace else {
            let isArray = reader.rootStart.map { bytes[$0] == ASCII.openBracket } ?? false
            self = isArray ? .batch : .event
            return
        }
        var members = MemberCursor(bytes: bytes, objectStart: start)
        var payload: Range<Int>?
        var createdAt: Range<Int>?
        while let (name, value) = members.nextName() {
            let content = UnsafeRawBufferPointer(rebasing: bytes[name])
            if content.elementsEqual("type".utf8) {
                self = .event
                return
            }
            if content.elementsEqual("batch".utf8) {
                self = .batch
                return
            }
            guard let end = members.skipValue(from: value) else { break }
            if content.elementsEqual("payload".utf8), bytes[value] == ASCII.openBrace {
                payload = value..<end
            }
            if content.elementsEqual("createdAt".utf8) { createdAt = value..<end }
        }
        guard let payload else {
            self = .event
            return
        }
        let time = createdAt.flatMap(reader.string).flatMap { Timestamp.parse($0) }
        self = .archived(payload: payload, createdAt: time)
    }
}

extension EventParser {
    /// Checks that bytes are one JSON value, as strictly as an event's.
    package static func checkJSON(
        _ bytes: UnsafeRawBufferPointer, limits: EventLimits
    ) throws(EventRejection) {
        do throws(JSONFault) {
            var scanner = try JSONScanner.open(bytes, limits: limits)
            try scanner.skipValue()
            try scanner.finish()
        } catch {
            throw error.rejection(in: bytes, limits: limits)
        }
    }
}

import Records

/// Writes entries as ``LogJSON`` has them, byte for byte, without the encoder.
///
/// Intents and outcomes are most of what delivery writes: by the encoder a record costs a tenth of
/// a millisecond, by this a few microseconds. That both write the same is tested.
struct EntryWriting {
    private(set) var bytes: [UInt8] = []

    init(byteCount: Int) { bytes.reserveCapacity(byteCount) }

    // MARK: Intents

    mutating func write(_ intent: IntentEntry) {
        put("{\"configuration\":")
        text(intent.configuration)
        put(",\"epoch\":")
        number(intent.epoch)
        if let job = intent.job {
            put(",\"job\":")
            write(job)
        }
        put(",\"operations\":")
        list(intent.operations) { $0.write($1) }
        put(",\"request\":{\"body\":")
        text(intent.request.body)
        put(",\"hash\":")
        text(intent.request.hash)
        optional(",\"headers\":", intent.request.headers) { $0.write($1) }
        put(",\"lane\":")
        text(intent.request.lane.rawValue)
        put(",\"method\":")
        text(intent.request.method)
        put(",\"path\":")
        text(intent.request.path)
        put("}}")
    }

    private mutating func write(_ members: [String: String]) {
        put("{")
        for (index, name) in members.keys.sorted().enumerated() {
            if index > 0 { put(",") }
            text(name)
            put(":")
            text(members[name] ?? "")
        }
        put("}")
    }

    private mutating func write(_ job: JobPart) {
        put("{\"columns\":")
        list(job.columns) { $0.text($1) }
        optional(",\"externalIDField\":", job.externalIDField) { $0.text($1) }
        put(",\"name\":")
        text(job.name)
        put(",\"object\":")
        text(job.object)
        put(",\"operation\":")
        text(job.operation.rawValue)
        put("}")
    }

    private mutating func write(_ operation: IntentOperation) {
        put("{\"changes\":")
        list(operation.changes) { $0.write($1) }
        put(",\"keys\":")
        list(operation.keys) { $0.write($1) }
        put(",\"kind\":")
        text(operation.kind.rawValue)
        optional(",\"observedModstamp\":", operation.observedModstamp) { $0.text($1) }
        put(",\"reason\":")
        text(operation.reason)
        optional(",\"recordID\":", operation.recordID) { $0.text($1.description) }
        optional(",\"upsertField\":", operation.upsertField) { $0.text($1) }
        put("}")
    }

    private mutating func write(_ change: IntentChange) {
        put("{\"action\":")
        text(change.action)
        put(",\"after\":")
        write(change.after)
        put(",\"before\":")
        write(change.before)
        put(",\"event\":")
        number(change.event)
        put(",\"eventTime\":")
        number(change.eventTime)
        put(",\"field\":")
        text(change.field)
        put(",\"messageID\":")
        text(change.messageID)
        put("}")
    }

    private mutating func write(_ version: KeyVersion) {
        put("{\"key\":")
        write(version.key)
        put(",\"version\":")
        number(version.version)
        put("}")
    }

    private mutating func write(_ key: MatcherKey) {
        put("{\"match\":{")
        // Terms are sorted by field, and the first of a field counts.
        var last: String?
        for term in key.terms where term.field != last {
            if last != nil { put(",") }
            text(term.field)
            put(":")
            text(term.form)
            last = term.field
        }
        put("},\"object\":")
        text(key.object)
        put("}")
    }

    private mutating func write(_ value: FieldValue) {
        switch value {
        case .null: put("null")
        case .boolean(let value): boolean(value)
        case .text(let value): text(value)
        case .list(let values): list(values) { $0.write($1) }
        case .number(let value):
            put("{\"number\":")
            text(value.description)
            put("}")
        case .object(let members):
            put("{\"object\":{")
            for (index, name) in members.keys.sorted().enumerated() {
                if index > 0 { put(",") }
                text(name)
                put(":")
                write(members[name] ?? .null)
            }
            put("}}")
        }
    }

    // MARK: Outcomes

    /// Writes an outcome that tells of results and looks.
    ///
    /// - Returns: `false` for one that holds anything rarer: that is the encoder's.
    mutating func write(_ outcome: OutcomeEntry) -> Bool {
        guard outcome.isPlain else { return false }
        put("{")
        if let api = outcome.api {
            put("\"api\":{\"limit\":")
            number(api.limit)
            put(",\"used\":")
            number(api.used)
            put("},")
        }
        put("\"blocked\":[]")
        if let intent = outcome.intent {
            put(",\"intent\":")
            number(intent)
        }
        put(",\"resolved\":[],\"results\":")
        list(outcome.results) { $0.write($1) }
        put(",\"settled\":")
        list(outcome.settled) { $0.write($1) }
        put("}")
        return true
    }

    private mutating func write(_ result: OperationResult) {
        put("{")
        optional("\"code\":", result.code) { writing, code in
            writing.text(code)
            writing.put(",")
        }
        put("\"index\":")
        number(result.index)
        optional(",\"isPartial\":", result.isPartial) { $0.boolean($1) }
        optional(",\"isWholeRequest\":", result.isWholeRequest) { $0.boolean($1) }
        optional(",\"message\":", result.message) { $0.text($1) }
        optional(",\"park\":", result.park) { $0.text($1.rawValue) }
        optional(",\"recordID\":", result.recordID) { $0.text($1.description) }
        optional(",\"recordIDs\":", result.recordIDs) { writing, ids in
            writing.list(ids) { $0.text($1.description) }
        }
        put(",\"status\":")
        text(result.status.rawValue)
        optional(",\"wasCreated\":", result.wasCreated) { $0.boolean($1) }
        put("}")
    }

    private mutating func write(_ settled: SettledEntry) {
        put("{\"key\":")
        write(settled.key)
        optional(",\"recordID\":", settled.recordID) { $0.text($1.description) }
        optional(",\"rewritten\":", settled.rewritten) { writing, names in
            writing.list(names) { $0.text($1) }
        }
        put("}")
    }

    // MARK: Pieces

    private mutating func put(_ json: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
    }

    private mutating func number(_ value: some FixedWidthInteger) {
        bytes.append(contentsOf: String(value).utf8)
    }

    private mutating func boolean(_ value: Bool) { put(value ? "true" : "false") }

    private mutating func list<Value>(
        _ values: [Value], _ write: (inout EntryWriting, Value) -> Void
    ) {
        put("[")
        for (index, value) in values.enumerated() {
            if index > 0 { put(",") }
            write(&self, value)
        }
        put("]")
    }

    private mutating func optional<Value>(
        _ name: StaticString, _ value: Value?, _ write: (inout EntryWriting, Value) -> Void
    ) {
        guard let value else { return }
        put(name)
        write(&self, value)
    }

    private mutating func text(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for index in utf8.indices where Self.isEscaped(utf8[index]) {
                bytes.append(contentsOf: utf8[start..<index])
                escape(utf8[index])
                start = index + 1
            }
            bytes.append(contentsOf: utf8[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// The short escapes of RFC 8259 §7 where there are any.
    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): put("\\\"")
        case UInt8(ascii: "\\"): put("\\\\")
        case 0x08: put("\\b")
        case 0x0C: put("\\f")
        case 0x0A: put("\\n")
        case 0x0D: put("\\r")
        case 0x09: put("\\t")
        default:
            put(byte < 0x10 ? "\\u000" : "\\u00")
            bytes.append(contentsOf: String(byte, radix: 16).utf8)
        }
    }
}

extension OutcomeEntry {
    /// Whether it tells of results and settled keys, and of nothing else.
    fileprivate var isPlain: Bool {
        resolved.isEmpty && blocked.isEmpty && awoken == nil && pause == nil && isResumed == nil
            && objects == nil && relinked == nil && job == nil && allSentBy == nil
    }
}

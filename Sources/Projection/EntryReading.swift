import Records

/// Reads entries that are written exactly as ``EntryWriting`` writes them.
///
/// Members in another order, unknown ones, white space: then reading gives `nil`, and the entry is
/// the decoder's. So nothing is read here that the decoder would read otherwise.
struct EntryReading {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Reads all of `body`.
    static func read<Value>(
        _ body: [UInt8], _ read: (inout EntryReading) -> Value?
    ) -> Value? {
        body.withUnsafeBufferPointer { bytes in
            var reading = EntryReading(bytes)
            let value = read(&reading)
            return reading.index == bytes.count ? value : nil
        }
    }

    // MARK: Intents

    mutating func intent() -> IntentEntry? {
        guard take("{\"configuration\":"), let configuration = text(), take(",\"epoch\":"),
            let epoch = number(UInt64.self), let job = optional(",\"job\":", { $0.job() }),
            take(",\"operations\":"), let operations = list({ $0.operation() }),
            take(",\"request\":"), let request = request(), take("}")
        else { return nil }
        return IntentEntry(
            epoch: epoch, configuration: configuration, request: request, operations: operations,
            job: job.value)
    }

    private mutating func request() -> IntentRequest? {
        guard take("{\"body\":"), let body = text(), take(",\"hash\":"), let hash = text(),
            let headers = optional(",\"headers\":", { $0.members() }), take(",\"lane\":"),
            let lane = text().flatMap({ Lane(rawValue: $0) }), take(",\"method\":"),
            let method = text(), take(",\"path\":"), let path = text(), take("}")
        else { return nil }
        return IntentRequest(
            method: method, path: path, body: body, hash: hash, lane: lane, headers: headers.value)
    }

    private mutating func members() -> [String: String]? {
        guard take("{") else { return nil }
        var members: [String: String] = [:]
        while !take("}") {
            guard members.isEmpty || take(","), let name = text(), take(":"), let value = text(),
                members.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return members
    }

    private mutating func job() -> JobPart? {
        guard take("{\"columns\":"), let columns = list({ $0.text() }),
            let field = optional(",\"externalIDField\":", { $0.text() }), take(",\"name\":"),
            let name = text(), take(",\"object\":"), let object = text(), take(",\"operation\":"),
            let operation = text().flatMap({ JobOperation(rawValue: $0) }), take("}")
        else { return nil }
        return JobPart(
            name: name, object: object, operation: operation, externalIDField: field.value,
            columns: columns)
    }

    private mutating func operation() -> IntentOperation? {
        guard take("{\"changes\":"), let changes = list({ $0.change() }), take(",\"keys\":"),
            let keys = list({ $0.version() }), take(",\"kind\":"),
            let kind = text().flatMap({ OperationKind(rawValue: $0) }),
            let modstamp = optional(",\"observedModstamp\":", { $0.text() }),
            take(",\"reason\":"), let reason = text(),
            let recordID = optional(",\"recordID\":", { $0.recordID() }),
            let upsertField = optional(",\"upsertField\":", { $0.text() }), take("}")
        else { return nil }
        return IntentOperation(
            kind: kind, keys: keys, recordID: recordID.value, upsertField: upsertField.value,
            changes: changes, reason: reason, observedModstamp: modstamp.value)
    }

    private mutating func change() -> IntentChange? {
        guard take("{\"action\":"), let action = text(), take(",\"after\":"),
            let after = value(), take(",\"before\":"), let before = value(), take(",\"event\":"),
            let event = number(UInt64.self), take(",\"eventTime\":"),
            let eventTime = number(Int64.self), take(",\"field\":"), let field = text(),
            take(",\"messageID\":"), let messageID = text(), take("}")
        else { return nil }
        return IntentChange(
            field: field, before: before, after: after, event: event, messageID: messageID,
            eventTime: eventTime, action: action)
    }

    private mutating func version() -> KeyVersion? {
        guard take("{\"key\":"), let key = key(), take(",\"version\":"),
            let version = number(UInt64.self), take("}")
        else { return nil }
        return KeyVersion(key: key, version: version)
    }

    private mutating func key() -> MatcherKey? {
        guard take("{\"match\":{") else { return nil }
        var terms: [MatcherKey.Term] = []
        while !take("}") {
            guard terms.isEmpty || take(","), let field = text(), take(":"), let form = text()
            else { return nil }
            terms.append(MatcherKey.Term(field: field, form: form))
        }
        guard take(",\"object\":"), let object = text(), take("}") else { return nil }
        return MatcherKey(object: object, terms: terms)
    }

    /// Values within one another: the decoder has a bound of its own for more.
    private static let depthMax = 32

    private mutating func value(depth: Int = 0) -> FieldValue? {
        guard depth < Self.depthMax, index < bytes.count else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "\""): return text().map { .text($0) }
        case UInt8(ascii: "n"): return take("null") ? .null : nil
        case UInt8(ascii: "t"): return take("true") ? .boolean(true) : nil
        case UInt8(ascii: "f"): return take("false") ? .boolean(false) : nil
        case UInt8(ascii: "["): return list { $0.value(depth: depth + 1) }.map { .list($0) }
        default: break
        }
        if take("{\"number\":") {
            guard let number = text().flatMap({ DecimalNumber($0) }), take("}") else { return nil }
            return .number(number)
        }
        guard take("{\"object\":{") else { return nil }
        var members: [String: FieldValue] = [:]
        while !take("}") {
            guard members.isEmpty || take(","), let name = text(), take(":"),
                let value = value(depth: depth + 1),
                members.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return take("}") ? .object(members) : nil
    }

    // MARK: Outcomes

    mutating func outcome() -> OutcomeEntry? {
        guard take("{") else { return nil }
        var outcome = OutcomeEntry()
        if take("\"api\":{\"limit\":") {
            guard let limit = number(Int.self), take(",\"used\":"), let used = number(Int.self),
                take("},")
            else { return nil }
            outcome.api = APIUse(used: used, limit: limit)
        }
        guard take("\"blocked\":[]"),
            let intent = optional(",\"intent\":", { $0.number(UInt64.self) }),
            take(",\"resolved\":[],\"results\":"), let results = list({ $0.result() }),
            take(",\"settled\":"), let settled = list({ $0.settled() }), take("}")
        else { return nil }
        outcome.intent = intent.value
        outcome.results = results
        outcome.settled = settled
        return outcome
    }

    private mutating func result() -> OperationResult? {
        guard take("{") else { return nil }
        var code: String?
        if take("\"code\":") {
            guard let text = text(), take(",") else { return nil }
            code = text
        }
        guard take("\"index\":"), let index = number(Int.self),
            let isPartial = optional(",\"isPartial\":", { $0.boolean() }),
            let isWhole = optional(",\"isWholeRequest\":", { $0.boolean() }),
            let message = optional(",\"message\":", { $0.text() }),
            let park = optional(
                ",\"park\":", { $0.text().flatMap { ParkReason(rawValue: $0) } }),
            let recordID = optional(",\"recordID\":", { $0.recordID() }),
            let recordIDs = optional(",\"recordIDs\":", { $0.list { $0.recordID() } }),
            take(",\"status\":"),
            let status = text().flatMap({ OperationResult.Status(rawValue: $0) }),
            let wasCreated = optional(",\"wasCreated\":", { $0.boolean() }), take("}")
        else { return nil }
        var result = OperationResult(
            index: index, status: status, recordID: recordID.value, wasCreated: wasCreated.value,
            code: code, message: message.value, park: park.value, isWholeRequest: isWhole.value,
            recordIDs: recordIDs.value)
        result.isPartial = isPartial.value
        return result
    }

    private mutating func settled() -> SettledEntry? {
        guard take("{\"key\":"), let key = version(),
            let recordID = optional(",\"recordID\":", { $0.recordID() }),
            let rewritten = optional(",\"rewritten\":", { $0.list { $0.text() } }), take("}")
        else { return nil }
        return SettledEntry(key: key, recordID: recordID.value, rewritten: rewritten.value)
    }
}

// Pieces.
extension EntryReading {
    /// A member that need not be there: a box, so that absent and unreadable are two things.
    private struct Optionally<Value> {
        let value: Value?
    }

    private mutating func optional<Value>(
        _ name: StaticString, _ read: (inout EntryReading) -> Value?
    ) -> Optionally<Value>? {
        guard take(name) else { return Optionally(value: nil) }
        return read(&self).map { Optionally(value: $0) }
    }

    /// Steps over `json`, if that is what comes next.
    private mutating func take(_ json: StaticString) -> Bool {
        let count = json.utf8CodeUnitCount
        guard index + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[index + offset] != json.utf8Start[offset] {
            return false
        }
        index += count
        return true
    }

    private mutating func list<Value>(
        _ read: (inout EntryReading) -> Value?
    ) -> [Value]? {
        guard take("[") else { return nil }
        var values: [Value] = []
        while !take("]") {
            guard values.isEmpty || take(","), let value = read(&self) else { return nil }
            values.append(value)
        }
        return values
    }

    private mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        let start = index
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        return Number(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func boolean() -> Bool? {
        if take("true") { return true }
        return take("false") ? false : nil
    }

    private mutating func recordID() -> RecordID? { text().flatMap { RecordID(answered: $0) } }

    private mutating func text() -> String? {
        guard take("\"") else { return nil }
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                defer { index += 1 }
                let utf8 = UnsafeBufferPointer(rebasing: bytes[start..<index])
                return String(validating: utf8, as: UTF8.self)
            case UInt8(ascii: "\\"):
                return escapedText(Array(bytes[start..<index]))
            default: index += 1
            }
        }
        return nil
    }

    /// The rest of a text from its first escape on.
    private mutating func escapedText(_ beginning: [UInt8]) -> String? {
        var text = beginning
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let character = escape() else { return nil }
                text.append(character)
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> UInt8? {
        guard index < bytes.count else { return nil }
        defer { index += 1 }
        switch bytes[index] {
        case UInt8(ascii: "\""): return UInt8(ascii: "\"")
        case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        default: break
        }
        // Control characters alone are written by their numbers.
        guard take("u00"), index + 1 < bytes.count else { return nil }
        defer { index += 1 }
        guard bytes[index] == 0x30 || bytes[index] == 0x31 else { return nil }
        let digit = String(decoding: bytes[index + 1...index + 1], as: UTF8.self)
        return UInt8(digit, radix: 16).map { bytes[index] == 0x30 ? $0 : $0 + 0x10 }
    }
}

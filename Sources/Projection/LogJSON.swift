import Foundation

/// JSON as entries of the log hold it: sorted keys, so that equal values are equal bytes.
package enum LogJSON {
    package static func encode(_ value: some Encodable) throws(ProjectionError) -> [UInt8] {
        try encode(any: value)
    }

    package static func decode<Value: Decodable>(
        _ type: Value.Type, from body: [UInt8], at position: UInt64
    ) throws(ProjectionError) -> Value {
        try decode(any: type, from: body, at: position)
    }

    /// The encoder's own form, which defines all others.
    static func encode(any value: some Encodable) throws(ProjectionError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw .unreadableEntry(position: 0, detail: "cannot be encoded: \(error)")
        }
    }

    static func decode<Value: Decodable>(
        any type: Value.Type, from body: [UInt8], at position: UInt64
    ) throws(ProjectionError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw .unreadableEntry(position: position, detail: "\(type) does not decode")
        }
    }
}

// The two that come by the thousand, in the same form.
extension LogJSON {
    package static func encode(_ intent: IntentEntry) throws(ProjectionError) -> [UInt8] {
        var writing = EntryWriting(byteCount: 2 * intent.request.body.utf8.count + 1_024)
        writing.write(intent)
        return writing.bytes
    }

    package static func encode(_ outcome: OutcomeEntry) throws(ProjectionError) -> [UInt8] {
        var writing = EntryWriting(
            byteCount: 128 * (1 + outcome.results.count + outcome.settled.count))
        guard writing.write(outcome) else { return try encode(any: outcome) }
        return writing.bytes
    }

    package static func decode(
        _ type: IntentEntry.Type, from body: [UInt8], at position: UInt64
    ) throws(ProjectionError) -> IntentEntry {
        if let intent = EntryReading.read(body, { $0.intent() }) { return intent }
        return try decode(any: type, from: body, at: position)
    }

    package static func decode(
        _ type: OutcomeEntry.Type, from body: [UInt8], at position: UInt64
    ) throws(ProjectionError) -> OutcomeEntry {
        if let outcome = EntryReading.read(body, { $0.outcome() }) { return outcome }
        return try decode(any: type, from: body, at: position)
    }
}

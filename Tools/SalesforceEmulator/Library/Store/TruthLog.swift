/// One write that the org executed, whether or not anybody heard of it.
package struct ExecutedWrite: Sendable, Hashable {
    /// What was done; an upsert shows as what it came to.
    package enum Kind: String, Sendable { case create, update, delete }
    /// Who did it: an API call, or a person (seeds too).
    package enum Author: String, Sendable { case api, person }

    /// From 1, without gaps.
    package let sequence: Int
    /// Milliseconds since 1970 UTC.
    package let time: Int64
    /// What was done.
    package let kind: Kind
    /// Who did it.
    package let author: Author
    /// API name of the object.
    package let object: String
    /// The record, 18 characters.
    package let id: String
    /// Fields written, with the values now stored (JSON null: the field is empty).
    package var fields: [String: JSON] {
        Dictionary(written.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }
    /// The same as they are kept: a million writes as dictionaries would fill the memory.
    fileprivate let written: [JSON.Member]
    /// An update whose stored values were all equal to the ones written.
    package let isNoOp: Bool
    /// The number of the API call that wrote it, from 1; 0 for a person's edit.
    package let call: Int
    /// The Bulk API job that wrote it, 18 characters; nil for other calls.
    package let job: String?
    /// False when a fault kept the answer from the client.
    package let isAnswered: Bool

    /// The write as `GET /__emulator__/truth` shows it.
    package var json: JSON {
        [
            "sequence": .int(sequence), "time": .int(time), "kind": .string(kind.rawValue),
            "author": .string(author.rawValue), "object": .string(object), "id": .string(id),
            "fields": .object(fields.sorted { $0.key < $1.key }.map { JSON.Member($0, $1) }),
            "noOp": .bool(isNoOp), "call": .int(call), "job": .optional(job),
            "answered": .bool(isAnswered),
        ]
    }
}

/// Everything executed since the last reset, in order. The oracle of tests: what a client
/// believes is compared with this, never with its own answers.
struct TruthLog: Sendable {
    private(set) var writes: [ExecutedWrite] = []

    mutating func add(
        _ kind: ExecutedWrite.Kind, object: String, id: String, fields: [JSON.Member],
        isNoOp: Bool, context: WriteContext
    ) {
        writes.append(
            ExecutedWrite(
                sequence: writes.count + 1, time: context.now, kind: kind, author: context.author,
                object: object, id: id, written: fields, isNoOp: isNoOp, call: context.call,
                job: context.job, isAnswered: context.isAnswered))
    }

    var savepoint: Int { writes.count }

    /// Drops the writes of a transaction that was rolled back: they were never committed.
    mutating func rollBack(to savepoint: Int) { writes.removeLast(writes.count - savepoint) }
}

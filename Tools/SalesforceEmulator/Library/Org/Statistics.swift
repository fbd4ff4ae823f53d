/// Counts since the last reset. Benchmarks read their results here, not from the client.
package struct Statistics: Sendable, Hashable {
    /// API calls that reached the org, by kind; control calls are not counted.
    package internal(set) var calls: [CallKind: Int] = [:]
    /// Subrequests inside composite calls, by kind; not part of `calls`.
    package internal(set) var subrequests: [CallKind: Int] = [:]
    /// Records that API calls created.
    package internal(set) var created = 0
    /// Records that API calls updated, no-ops included.
    package internal(set) var updated = 0
    /// Records that API calls deleted.
    package internal(set) var deleted = 0
    /// Updates (part of `updated`) that changed no stored value.
    package internal(set) var noOpUpdates = 0
    /// Items or single writes that a rule refused.
    package internal(set) var refused = 0
    /// Calls that a fault hit.
    package internal(set) var faultsFired = 0

    /// All API calls.
    package var callCount: Int { calls.values.reduce(0, +) }
    /// Writes that API calls executed.
    package var recordsWritten: Int { created + updated + deleted }

    mutating func count(_ kind: ExecutedWrite.Kind, isNoOp: Bool) {
        switch kind {
        case .create: created += 1
        case .update:
            updated += 1
            if isNoOp { noOpUpdates += 1 }
        case .delete: deleted += 1
        }
    }

    /// The counts as `GET /__emulator__/stats` shows them.
    package var json: JSON {
        [
            "calls": .int(callCount), "callsByKind": Self.json(calls),
            "subrequestsByKind": Self.json(subrequests), "recordsWritten": .int(recordsWritten),
            "created": .int(created), "updated": .int(updated), "deleted": .int(deleted),
            "noOpWrites": .int(noOpUpdates), "refused": .int(refused),
            "faultsFired": .int(faultsFired),
        ]
    }

    private static func json(_ counts: [CallKind: Int]) -> JSON {
        .object(
            counts.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { JSON.Member($0.key.rawValue, .int($0.value)) })
    }
}

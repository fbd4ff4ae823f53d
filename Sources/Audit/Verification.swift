import EventLog
import Foundation
import Projection

/// Checks that the log is whole and that the state is what the log says.
package struct Verification: Sendable, Hashable, Encodable {
    package let ok: Bool
    package let entries: Int
    package let chainHead: String
    package let problems: [String]

    /// Walks the log's chain and indexes, and folds the log anew beside the state to compare them.
    ///
    /// - Parameters:
    ///   - state: as it stands; it is compared up to its own checkpoint.
    ///   - scratch: a folder for the second fold; it is removed afterwards.
    package static func run(
        log: LogReader, state: StateStore, scratch: String
    ) throws(AuditError) -> Verification {
        let verified = try reading { () throws(LogError) in try log.verify() }
        var problems = verified.problems.map { "position \($0.position): \($0.description)" }
        if problems.isEmpty, let difference = try difference(log, state, scratch) {
            problems.append(difference)
        }
        return Verification(
            ok: problems.isEmpty, entries: verified.entries,
            chainHead: HexText.of(verified.chainHead), problems: problems)
    }

    private static func difference(
        _ log: LogReader, _ state: StateStore, _ scratch: String
    ) throws(AuditError) -> String? {
        let stand = try projecting { () throws(ProjectionError) in try state.stand() }
        guard let stand else {
            return "some objects are being folded again after a change of the configuration; "
                + "verify once more when `tidemark status` shows no lag"
        }
        guard stand.checkpoint > 0 else { return nil }
        defer {
            // A scratch folder that stays costs disk space, nothing else.
            try? FileManager.default.removeItem(atPath: scratch)
        }
        let refolded = try projecting { () throws(ProjectionError) -> [UInt8] in
            var limits = ProjectorLimits()
            limits.through = Position(stand.checkpoint)
            let projector = try Projector(folder: scratch, log: log, limits: limits)
            defer { projector.close() }
            try projector.catchUp()
            return try projector.state.digest()
        }
        guard refolded != stand.digest else { return nil }
        return "the state at position \(stand.checkpoint) is not the fold of the log; "
            + "run `tidemark rebuild`"
    }
}

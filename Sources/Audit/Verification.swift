import EventLog
import Foundation
import LMDB
import Projection

/// Checks that the log is whole and that the state is what the log says.
package struct Verification: Sendable, Hashable, Encodable {
    /// What became of the comparison with the state. Raw values are output.
    package enum StateVerdict: String, Sendable, Hashable, Encodable {
        /// It is the fold of the log.
        case agrees
        /// It is not, or cannot be read or folded: one of the problems says which.
        case differs
        /// The log is damaged, so that nothing is folded from it; or the state is just being folded
        /// again.
        case notCompared = "not-compared"
    }

    package let ok: Bool
    package let entries: Int
    package let chainHead: String
    package let problems: [String]
    package let state: StateVerdict

    /// Walks the log's chain and indexes, and folds the log anew beside the state to compare them.
    ///
    /// - Parameters:
    ///   - scratch: a folder for the second fold; it is removed afterwards.
    ///   - state: gives the state as it stands; it is compared up to its own checkpoint. Asked for
    ///     only once the log was found whole: nothing is folded from a damaged one.
    /// - Throws: what keeps from looking: a store that cannot be opened, written or read. What is
    ///   wrong with the log or the state is in the result.
    package static func run(
        log: LogReader, scratch: String, state: () throws(ProjectionError) -> StateStore
    ) throws(AuditError) -> Verification {
        let verified = try reading { () throws(LogError) in try log.verify() }
        guard verified.isSound else {
            return Verification(
                verified, verified.problems.map { "position \($0.position): \($0.description)" },
                .notCompared)
        }
        do throws(ProjectionError) {
            let (verdict, problem) = try comparison(log, try state(), scratch)
            return Verification(verified, [problem].compactMap(\.self), verdict)
        } catch {
            guard error.isContradiction else { throw .projection(error) }
            return Verification(verified, ["\(error)"], .differs)
        }
    }

    /// The same for a state that is open already.
    package static func run(
        log: LogReader, state: StateStore, scratch: String
    ) throws(AuditError) -> Verification {
        try run(log: log, scratch: scratch) { () throws(ProjectionError) in state }
    }

    private static func comparison(
        _ log: LogReader, _ state: StateStore, _ scratch: String
    ) throws(ProjectionError) -> (StateVerdict, problem: String?) {
        guard let stand = try state.stand() else {
            return (
                .notCompared,
                "some objects are being folded again after a change of the configuration; "
                    + "verify once more when `tidemark status` shows no lag"
            )
        }
        guard stand.checkpoint > 0 else { return (.agrees, nil) }
        defer {
            // A scratch folder that stays costs disk space, nothing else.
            try? FileManager.default.removeItem(atPath: scratch)
        }
        var limits = ProjectorLimits()
        limits.through = Position(stand.checkpoint)
        let projector = try Projector(folder: scratch, log: log, limits: limits)
        defer { projector.close() }
        try projector.catchUp()
        guard try projector.state.digest() != stand.digest else { return (.agrees, nil) }
        return (
            .differs,
            "the state at position \(stand.checkpoint) is not the fold of the log; "
                + "run `tidemark rebuild`"
        )
    }
}

extension Verification {
    private init(_ verified: LogVerification, _ problems: [String], _ state: StateVerdict) {
        self.init(
            ok: problems.isEmpty, entries: verified.entries,
            chainHead: HexText.of(verified.chainHead), problems: problems, state: state)
    }
}

extension ProjectionError {
    /// Whether what was read contradicts itself, rather than that it could not be read.
    fileprivate var isContradiction: Bool {
        switch self {
        case .unreadableEntry, .formatMismatch, .damagedState: true
        case .log(.damaged), .log(.unknownFormat): true
        case .log(.store(.corrupted)), .store(.corrupted): true
        case .log, .store: false
        }
    }
}

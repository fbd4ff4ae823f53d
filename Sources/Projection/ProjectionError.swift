import EventLog
import LMDB

/// What can go wrong while the log is folded. State is never left between two entries.
package enum ProjectionError: Error, Sendable, Equatable {
    /// `state/` could not be read or written. Nothing of the batch was kept. Free disk space, or
    /// delete `state/`: it is rebuilt from the log.
    case store(LMDBError)
    /// The log could not be read. State is as it was before the batch. Run `tidemark verify`.
    case log(LogError)
    /// An entry's body is not what its kind says. The fold stops before it. Run `tidemark verify`.
    case unreadableEntry(position: UInt64, detail: String)
    /// `state/` was written by another version. Run `tidemark rebuild`.
    case formatMismatch(found: UInt8, supported: UInt8)
    /// A row of `state/` does not decode. Run `tidemark rebuild`.
    case damagedState(table: String)
}

extension ProjectionError: StoreFailure {
    package init(store: LMDBError) { self = .store(store) }
}

extension ProjectionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .store(let error): "the state folder failed: \(error)"
        case .log(let error): "the log failed: \(error)"
        case .unreadableEntry(let position, let detail):
            "entry \(position) of the log cannot be folded: \(detail); run `tidemark verify`"
        case .formatMismatch(let found, let supported):
            "the state folder has format \(found), this version reads \(supported); "
                + "run `tidemark rebuild`"
        case .damagedState(let table):
            "a row of the state table \(table) does not decode; run `tidemark rebuild`"
        }
    }
}

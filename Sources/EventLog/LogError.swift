import LMDB

/// Why the log could not do something. Closed: a `switch` over it needs no default.
///
/// Unless a case says otherwise nothing was appended and the log stays usable.
package enum LogError: Error, Sendable, Hashable {
    /// The disk or the map is full; for events also when less of the disk is free than
    /// `reservedDiskBytes`. Nothing of the call's commit was stored; later calls may succeed again.
    /// Tell the sender to try later, and a person to free space.
    case full(LogSpace)
    /// More waits to be appended than `LogLimits` allows. The call was not queued. Try again
    /// shortly.
    case overloaded(queuedEventCount: Int, queuedBytes: Int)
    /// An entry is larger than `entryBytesMax`. Nothing of the call was queued. Send less.
    case entryTooLarge(bytes: Int, bytesMax: Int)
    /// `appendAll` was given more than fits in one commit. Nothing was queued. Give it less at
    /// once.
    case batchTooLarge(count: Int, bytes: Int)
    /// A commit failed in a way that leaves the disk's contents unknown. What was being appended
    /// may or may not be there, and nothing more is accepted. Exit; the next start checks the log's
    /// end.
    case broken(reason: String)
    /// The log was closed. Nothing was done.
    case closed
    /// The folder holds no log, and reading does not create one. Check the path.
    case notALog(folder: String)
    /// Another process, or another writer of this one, appends to this log. Stop it first.
    case inUse(folder: String, processID: Int32?)
    /// The log, or an entry of it, was written in a format this version does not know. Nothing was
    /// changed. Use a version of Tidemark that knows it.
    case unknownFormat(found: UInt64, known: UInt64)
    /// An entry contradicts itself or the rest of the log. Run `tidemark verify`, restore a backup.
    case damaged(Position, detail: String)
    /// The store failed while opening or reading; see ``LMDBError``.
    case store(LMDBError)
}

/// What ran out.
package enum LogSpace: String, Sendable, Hashable {
    case disk, map
}

extension LogError: StoreFailure {
    package init(store error: LMDBError) {
        switch error {
        case .mapFull: self = .full(.map)
        case .diskFull: self = .full(.disk)
        case .closed: self = .closed
        case .notAnEnvironment(let path): self = .notALog(folder: path)
        default: self = .store(error)
        }
    }

    /// The error of a commit that failed. Only a lack of space is known to leave the disk as it
    /// was; everything else ends the writer.
    init(commit error: LMDBError) {
        switch error {
        case .mapFull: self = .full(.map)
        case .diskFull: self = .full(.disk)
        default: self = .broken(reason: String(describing: error))
        }
    }
}

extension LogError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .full(let space): "the log's \(space.rawValue) is full; free some space and send again"
        case .overloaded(let count, let bytes):
            "\(count) events (\(bytes) bytes) wait to be appended; try again shortly"
        case .entryTooLarge(let bytes, let max): "an entry has \(bytes) bytes, \(max) are possible"
        case .batchTooLarge(let count, let bytes):
            "\(count) entries of \(bytes) bytes do not fit in one commit; append fewer at once"
        case .broken(let reason): "the log accepts nothing more until a restart: \(reason)"
        case .closed: "the log was closed"
        case .notALog(let folder):
            "\(folder) holds no log; check the path, or start `tidemark serve`"
        case .inUse(let folder, let process):
            "the log in \(folder) is being written by "
                + (process.map { "process \($0)" } ?? "another process") + "; stop that first"
        case .unknownFormat(let found, let known):
            "the log has format \(found), this version knows \(known); use a newer version"
        case .damaged(let position, let detail):
            "the log is damaged at position \(position): \(detail); run `tidemark verify`"
        case .store(let error): String(describing: error)
        }
    }
}

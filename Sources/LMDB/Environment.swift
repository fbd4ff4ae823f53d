import CLMDB
import Foundation
import Synchronization

/// One LMDB environment: a folder with `data.mdb` and `lock.mdb`, and named tables in it.
///
/// A write transaction is durable when ``write(_:)-(_)`` returns: the default syncing, never
/// weakened. Transactions are lent to synchronous closures, so none can be held across an `await`.
/// Read transactions must be short: one that stays open keeps every page alive that was freed since
/// (it let a file grow from 1.9 MB to 195 MB, and files never shrink).
package final class Environment: Sendable {
    package let path: String
    package let options: EnvironmentOptions

    // LMDB's environment is safe to use from any thread; `gate` sees to it that nobody uses it once
    // closed.
    nonisolated(unsafe) let raw: OpaquePointer
    private let tables: [String: Table]
    private let identity: EnvironmentRegistry.FileIdentity
    private let gate = Mutex(Gate())

    private struct Gate {
        var isClosed = false
        /// Transactions under way. The last one closes the environment when it was closed
        /// meanwhile.
        var useCount = 0
    }

    /// Opens the environment in the folder `path`; creates it, crash-safely, when it is missing and
    /// `options` do not ask for reading only. Processes that do so at once get the same one.
    /// Readers that died are cleared.
    ///
    /// - Throws: `notAnEnvironment`, `versionMismatch`, `alreadyOpen`, `tableMissing` (read only),
    ///   `system`, `diskFull`, `inputOutput`.
    package init(
        path: String, tables names: [String], options: EnvironmentOptions = EnvironmentOptions()
    ) throws(LMDBError) {
        let file = path + "/" + EnvironmentCreation.dataFileName
        if !options.isReadOnly {
            try EnvironmentCreation.createIfMissing(at: path, tables: names)
        }
        guard let identity = EnvironmentRegistry.identity(of: file) else {
            throw .notAnEnvironment(path: path)
        }
        guard EnvironmentRegistry.take(identity) else { throw .alreadyOpen(path: path) }
        do throws(LMDBError) {
            let opened = try Self.open(path, names, options)
            raw = opened.raw
            tables = opened.tables
        } catch {
            EnvironmentRegistry.release(identity)
            throw error
        }
        self.identity = identity
        self.path = path
        self.options = options
    }

    private static func open(
        _ path: String, _ names: [String], _ options: EnvironmentOptions
    ) throws(LMDBError) -> (raw: OpaquePointer, tables: [String: Table]) {
        let raw = try RawEnvironment.open(path, tableCountMax: names.count, options: options)
        do throws(LMDBError) {
            try RawEnvironment.check(mdb_reader_check(raw, nil))
            let tables = try RawEnvironment.openTables(
                raw, names, isReadOnly: options.isReadOnly, path: path)
            return (raw, tables)
        } catch {
            mdb_env_close(raw)
            throw error
        }
    }

    deinit { close() }

    /// Closes the environment, once the transactions under way have ended. Later calls throw
    /// `closed`.
    package func close() {
        let closesNow = gate.withLock { gate in
            guard !gate.isClosed else { return false }
            gate.isClosed = true
            return gate.useCount == 0
        }
        if closesNow { closeRaw() }
    }

    private func closeRaw() {
        mdb_env_close(raw)
        EnvironmentRegistry.release(identity)
    }

    /// The table `name`, which must be one of those the environment was opened with.
    package func table(_ name: String) -> Table {
        guard let table = tables[name] else {
            preconditionFailure("\(path) was opened without the table \(name): name it in init")
        }
        return table
    }

    /// Runs `body` while the environment cannot close.
    func using<R, E: Error>(
        _ failure: (LMDBError) -> E, _ body: () throws(E) -> R
    ) throws(E) -> R {
        let isOpen = gate.withLock { gate in
            guard !gate.isClosed else { return false }
            gate.useCount += 1
            return true
        }
        guard isOpen else { throw failure(.closed(path: path)) }
        defer {
            let closesNow = gate.withLock { gate in
                gate.useCount -= 1
                return gate.isClosed && gate.useCount == 0
            }
            if closesNow { closeRaw() }
        }
        return try body()
    }
}

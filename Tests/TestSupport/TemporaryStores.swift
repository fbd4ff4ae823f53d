import EventLog
import LMDB

/// A store that a test left behind is not sound. Thrown when it closes, so that every test that
/// opens one also checks it.
package struct UnsoundStore: Error, CustomStringConvertible {
    package let description: String
}

/// Lends an environment in a folder of its own. When `body` returns, it is opened again and every
/// table is walked: keys must be in order and as many as counted.
@discardableResult
package func withTemporaryEnvironment<R>(
    tables: [String] = ["table"], options: EnvironmentOptions = EnvironmentOptions(),
    _ body: (Environment, String) throws -> R
) throws -> R {
    try withTemporaryFolder { folder in
        let path = folder + "/store"
        let environment = try Environment(path: path, tables: tables, options: options)
        defer { environment.close() }
        let result = try body(environment, path)
        environment.close()
        try checkEnvironment(path, tables: tables)
        return result
    }
}

private func checkEnvironment(_ path: String, tables: [String]) throws {
    let options = EnvironmentOptions(isReadOnly: true)
    let environment = try Environment(path: path, tables: tables, options: options)
    defer { environment.close() }
    for name in tables {
        let table = environment.table(name)
        var keys: [[UInt8]] = []
        let count = try environment.read { (transaction) throws(LMDBError) in
            try transaction.forEach(table) { key, _ in
                keys.append([UInt8](key))
                return true
            }
            return try transaction.count(table)
        }
        let isSorted = zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
        guard isSorted, keys.count == count else {
            throw UnsoundStore(description: "table \(name): keys out of order or miscounted")
        }
    }
}

/// Lends a log in a folder of its own. When `body` returns, the log is closed and verified: chain,
/// index, end.
@discardableResult
package func withLog<R>(
    limits: LogLimits = testLimits, now: @escaping @Sendable () -> Int64 = { 1_750_000_000_000 },
    isolation: isolated (any Actor)? = #isolation,
    _ body: (LogWriter, String) async throws -> R
) async throws -> R {
    try await withTemporaryFolder { folder in
        try await withLog(in: folder + "/log", limits: limits, now: now, body)
    }
}

/// The same for a log in `folder`, which stays: for tests that open it again.
@discardableResult
package func withLog<R>(
    in folder: String, limits: LogLimits = testLimits,
    now: @escaping @Sendable () -> Int64 = { 1_750_000_000_000 },
    isolation: isolated (any Actor)? = #isolation,
    _ body: (LogWriter, String) async throws -> R
) async throws -> R {
    let log = try LogWriter(folder: folder, limits: limits, now: now)
    defer { log.close() }
    let result = try await body(log, folder)
    log.close()
    try verifyLog(in: folder)
    return result
}

/// Throws unless the closed log in `folder` is sound.
package func verifyLog(in folder: String) throws {
    let reader = try LogReader(folder: folder)
    defer { reader.close() }
    let verification = try reader.verify()
    guard verification.isSound else {
        throw UnsoundStore(description: "the log is not sound: \(verification.problems)")
    }
}

/// The product's limits but for the map: some systems ration address space, and tests run many at
/// once.
package let testLimits = LogLimits(mapBytesMax: 1 << 30)

import Foundation

/// Lends a new, empty folder, and removes it with all that is in it, however `body` ends.
@discardableResult
package func withTemporaryFolder<R>(
    isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> R
) async throws -> R {
    let folder = try makeTemporaryFolder()
    defer { removeTemporaryFolder(folder) }
    return try await body(folder)
}

/// The same for a body that does not suspend.
@discardableResult
package func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
    let folder = try makeTemporaryFolder()
    defer { removeTemporaryFolder(folder) }
    return try body(folder)
}

private func makeTemporaryFolder() throws -> String {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("tidemark-test-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    return folder.path
}

private func removeTemporaryFolder(_ folder: String) {
    // A folder that cannot be removed is left to the system: no test asserts on it.
    try? FileManager.default.removeItem(atPath: folder)
}

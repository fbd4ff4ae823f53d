import Foundation

/// The checkout that the tests were built from.
enum Repository {
    /// The full path of a file in it.
    static func path(_ relative: String) -> String {
        var folder = URL(fileURLWithPath: #filePath)
        // This file's folder is three below.
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder.appendingPathComponent(relative).path
    }
}

import Foundation

/// The folder these tests were compiled from, read as text.
enum Checkout {
    /// Three up from this file: `Tests/TidyTests/Checkout.swift`.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Everything that is written by hand. Build folders start with a dot, and are left out.
    static let written = [
        "Package.swift", "README.md", "Sources", "Tests", "Tools", "docs", ".ci",
    ]

    /// Relative paths of the files at or below `places`, sorted. A place that is not there has
    /// none.
    static func files(in places: [String], where isWanted: (String) -> Bool) -> [String] {
        places.flatMap { place in
            let url = root.appendingPathComponent(place)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
                return [String]()
            }
            guard isFolder.boolValue else { return [place] }
            let below = FileManager.default.enumerator(atPath: url.path)?.compactMap {
                $0 as? String
            }
            return (below ?? []).map { "\(place)/\($0)" }.filter { path in
                !path.dropFirst().contains("/.") && isFile(path)
            }
        }
        .filter(isWanted).sorted()
    }

    /// Swift files in `places`, parsed.
    static func sources(in places: [String]) throws -> [SwiftSource] {
        try files(in: places) { $0.hasSuffix(".swift") }
            .map { SwiftSource(path: $0, text: try text($0)) }
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    private static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        let full = root.appendingPathComponent(path).path
        return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
            && !isFolder.boolValue
    }
}

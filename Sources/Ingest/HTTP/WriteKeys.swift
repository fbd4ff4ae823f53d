import Crypto

/// The write keys of all sources, as hashes: the keys themselves are not kept.
package struct WriteKeys: Sendable {
    private struct Entry: Sendable {
        let source: String
        let hash: [UInt8]
    }

    private let entries: [Entry]

    /// - Parameter sources: names with their keys; a name may occur twice, while a key is
    ///   exchanged.
    package init(_ sources: [(name: String, writeKey: String)]) {
        entries = sources.map { source in
            Entry(source: source.name, hash: Self.hash(source.writeKey))
        }
    }

    /// The source a key belongs to.
    ///
    /// Takes the same time whichever key is presented: hashes are compared in full, with every
    /// source. Keys are random, so a plain hash is enough to keep them from being read out of
    /// memory.
    package func source(of presented: String) -> String? {
        let hash = Self.hash(presented)
        var found: String?
        for entry in entries {
            var difference: UInt8 = 0
            for index in 0..<hash.count { difference |= hash[index] ^ entry.hash[index] }
            if difference == 0 { found = entry.source }
        }
        return found
    }

    private static func hash(_ key: String) -> [UInt8] { Array(SHA256.hash(data: Array(key.utf8))) }
}

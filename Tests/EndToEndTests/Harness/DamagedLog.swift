import EventLog
import Foundation
import Testing

/// A log's file, in which bytes of entries are flipped.
struct DamagedLog: Sendable {
    private let path: String
    private let sound: Data
    private let entries: [Entry]

    /// Nobody may be writing the log.
    init(_ workspace: Workspace) throws {
        path = workspace.data + "/log/data.mdb"
        sound = try Data(contentsOf: URL(fileURLWithPath: path))
        let log = try LogReader(folder: workspace.data + "/log")
        defer { log.close() }
        entries = try log.entries(after: .zero, countMax: 10_000, bytesMax: 1 << 30)
    }

    /// The first entry of a kind after a position.
    func position(of kind: EntryKind, after position: UInt64 = 0) throws -> UInt64 {
        let found = entries.first { $0.kind == kind && $0.position.number > position }
        return try #require(found).position.number
    }

    var lastPosition: UInt64 { entries.last?.position.number ?? 0 }

    /// Flips a bit of one byte of a stored entry, in every copy of it: pages that the file no
    /// longer uses hold old ones.
    func flip(byte: Int, of position: UInt64) throws {
        let value = try Self.stored(#require(entries.first { $0.position.number == position }))
        var bytes = sound
        var start = bytes.startIndex
        var count = 0
        while let range = bytes.range(of: value, in: start..<bytes.endIndex) {
            bytes[range.lowerBound + byte] ^= 0x04
            count += 1
            start = range.upperBound
        }
        try #require(count > 0)
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    func mend() throws { try sound.write(to: URL(fileURLWithPath: path)) }

    /// The value as docs/data-files.md describes it: version, kind, time, hash, body.
    private static func stored(_ entry: Entry) -> Data {
        var value = Data([1, entry.kind.rawValue])
        withUnsafeBytes(of: entry.recordedAt.bigEndian) { value.append(contentsOf: $0) }
        return value + entry.hash + entry.body
    }
}

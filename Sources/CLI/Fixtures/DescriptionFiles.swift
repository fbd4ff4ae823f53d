import Actions
import Delivery
import EventLog
import Foundation
import Records

/// Descriptions of objects for runs without Salesforce: files beside the fixtures, one an object,
/// or what the log holds.
struct DescriptionFiles {
    /// A larger file is no description.
    private static let fileBytesMax = 16 << 20

    let folder: String
    /// The command that writes the files, for messages.
    var writer = "tidemark test --describe"

    private func path(_ object: String) -> String { "\(folder)/\(object).json" }

    /// Writes what Salesforce has described.
    ///
    /// - Parameter attributes: of folders that are made for it.
    func save(
        _ descriptions: [ObjectDescription], attributes: [FileAttributeKey: Any]? = nil
    ) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: attributes)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        for description in descriptions {
            var data = try encoder.encode(description)
            data.append(UInt8(ascii: "\n"))
            try data.write(to: URL(fileURLWithPath: path(description.name)), options: .atomic)
        }
    }

    /// The descriptions of `objects`.
    ///
    /// - Throws: ``CommandFailure`` naming those of which there is none.
    func load(
        _ objects: [String], orFromLogIn folder: DataFolder
    ) throws -> [ObjectDescription] {
        var found: [ObjectDescription] = []
        var missing: [String] = []
        let recorded = try Self.recorded(folder)
        for object in objects {
            if let description = try read(object) {
                found.append(description)
            } else if let description = recorded.first(where: { $0.name == object }) {
                found.append(description)
            } else {
                missing.append(object)
            }
        }
        guard missing.isEmpty else {
            throw CommandFailure.failed(
                "nothing is known of \(missing.joined(separator: ", ")); run `tidemark test "
                    + "--describe` once, which asks Salesforce and keeps the answer in "
                    + self.folder)
        }
        return found
    }

    /// When the description of an object was written, in milliseconds since
    /// 1970-01-01T00:00:00Z; `nil` when there is none.
    func writtenAt(_ object: String) throws -> Int64? {
        let path = path(object)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let date = attributes[.modificationDate] as? Date
        return date.map { Int64($0.timeIntervalSince1970 * 1_000) }
    }

    /// The objects that there are files of, sorted.
    func objects() throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(".json".count)) }.sorted()
    }

    /// The description of one object; `nil` when there is no file of it.
    func read(_ object: String) throws -> ObjectDescription? {
        let path = path(object)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        do {
            guard data.count <= Self.fileBytesMax else { throw CocoaError(.fileReadTooLarge) }
            return try JSONDecoder().decode(ObjectDescription.self, from: data)
        } catch {
            throw CommandFailure.failed(
                "\(path) holds no description of an object; remove it, and `\(writer)` writes it "
                    + "anew")
        }
    }

    /// What was last described to the log: only fields that the actions used then.
    private static func recorded(_ folder: DataFolder) throws -> [ObjectDescription] {
        guard folder.holdsLog else { return [] }
        let log = try LogReader(folder: folder.log)
        defer { log.close() }
        return try ConfigurationRecorder.latest(in: log)?.entry.descriptions ?? []
    }
}

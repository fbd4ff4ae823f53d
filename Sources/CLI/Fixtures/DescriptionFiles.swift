import Actions
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

    /// The descriptions of all objects that `actions` need, parents among them.
    ///
    /// - Throws: ``CommandFailure`` naming those of which there is none.
    func load(
        for actions: [Action], orFromLogIn folder: DataFolder
    ) throws -> [ObjectDescription] {
        let recorded = try folder.latestConfiguration()?.entry.descriptions ?? []
        var found: [String: ObjectDescription] = [:]
        var missing: Set<String> = []
        /// Which parents are needed, the children's descriptions say.
        func next() -> String? {
            DescriptionNeeds(actions) { found[$0.lowercased()] }.objects
                .first { found[$0.lowercased()] == nil && !missing.contains($0) }
        }
        while let object = next() {
            let known = recorded.first { $0.name.lowercased() == object.lowercased() }
            if let description = try read(object) ?? known {
                found[object.lowercased()] = description
            } else {
                missing.insert(object)
            }
        }
        guard missing.isEmpty else {
            throw CommandFailure.failed(
                "nothing is known of \(missing.sorted().joined(separator: ", ")); run `tidemark "
                    + "test --describe` once, which asks Salesforce and keeps the answer in "
                    + self.folder)
        }
        return found.values.sorted { $0.name < $1.name }
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
}

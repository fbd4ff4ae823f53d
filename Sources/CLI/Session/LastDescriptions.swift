import Actions
import Delivery
import Foundation
import Projection
import Records

/// What is known of objects without asking anybody: whole descriptions that `check` has kept, and
/// the parts that the log holds.
struct LastDescriptions {
    private let files: DescriptionFiles
    private let recorded: ConfigurationRecorder.Recorded?

    init(_ folder: DataFolder) throws {
        files = Self.files(in: folder)
        recorded = try folder.latestConfiguration()
    }

    private static func files(in folder: DataFolder) -> DescriptionFiles {
        DescriptionFiles(folder: folder.descriptions, writer: "tidemark check")
    }

    /// Keeps whole descriptions for later.
    static func keep(_ descriptions: [ObjectDescription], in folder: DataFolder) throws {
        guard !descriptions.isEmpty else { return }
        // As the log makes the folder: for its owner alone.
        try files(in: folder).save(descriptions, attributes: [.posixPermissions: 0o700])
    }

    /// `nil` when nothing was ever described.
    func objects() throws -> DescribedObjects? {
        var found: [String: ObjectDescription?] = [:]
        var kept: [String: Set<String>] = [:]
        for description in recorded?.entry.descriptions ?? [] {
            found[description.name] = .some(description)
            kept[description.name] = recorded?.entry.needs.fields(of: description.name)
        }
        for object in try files.objects() {
            guard let whole = try files.read(object) else { continue }
            found[object] = .some(
                try isRecordedSince(object)
                    ? whole.updated(by: found[object] ?? nil, kept[object] ?? []) : whole)
            kept[object] = nil
        }
        return found.isEmpty ? nil : DescribedObjects(found, kept: kept)
    }

    /// Whether the log's word on the object is the later one. It is written anew only when a look
    /// finds something changed.
    private func isRecordedSince(_ object: String) throws -> Bool {
        guard let recorded, let written = try files.writtenAt(object) else { return false }
        return recorded.recordedAt > written
    }
}

extension ObjectDescription {
    /// This description with what was found later.
    ///
    /// - Parameter fields: the fields, in lower case, that the later one would hold if there were
    ///   such.
    fileprivate func updated(
        by later: ObjectDescription?, _ fields: Set<String>
    ) -> ObjectDescription {
        guard let later else { return self }
        let rest = self.fields.filter {
            later.field($0.name) == nil && !fields.contains($0.name.lowercased())
        }
        return later.adding(rest)
    }
}

import Records

/// What is known of the org's objects: described, known not to be there, or never asked for.
package struct DescribedObjects: Sendable {
    private let byName: [String: ObjectDescription?]
    /// Objects that there are, as far as is known: to find the one that was meant.
    let names: [String]
    /// By object, in lower case as the fields are, what was kept of its description: other fields
    /// may be there all the same. Objects that are not named were kept whole.
    private let kept: [String: Set<String>]

    /// - Parameters:
    ///   - descriptions: by object; `nil` for an object that Salesforce does not know or this user
    ///     may not see. Objects that are not named were not asked for, and are not checked.
    ///   - names: of all objects, where that is known.
    ///   - kept: the fields that were kept of descriptions that are not whole.
    package init(
        _ descriptions: [String: ObjectDescription?], names: [String] = [],
        kept: [String: Set<String>] = [:]
    ) {
        byName = Dictionary(
            descriptions.map { ($0.key.lowercased(), $0.value) }
        ) { first, _ in first }
        let found = descriptions.values.compactMap { $0?.name }.sorted()
        self.names = names + found.filter { !names.contains($0) }
        self.kept = Dictionary(
            kept.map { ($0.key.lowercased(), Set($0.value.map { $0.lowercased() })) }
        ) { first, _ in first }
    }

    /// `nil` when it was not asked for; `.some(nil)` when it is not there.
    subscript(object: String) -> ObjectDescription?? { byName[object.lowercased()] }

    /// What was described, whole or not.
    package var all: [ObjectDescription] {
        byName.values.compactMap(\.self).sorted { $0.name < $1.name }
    }

    package func found(_ object: String) -> ObjectDescription? {
        byName[object.lowercased()] ?? nil
    }

    func wasAsked(_ object: String) -> Bool { byName[object.lowercased()] != nil }

    /// Whether a description that lacks the field says that it is not there.
    func isSure(of field: String, on object: String) -> Bool {
        guard let kept = kept[object.lowercased()] else { return true }
        return kept.contains(field.lowercased())
    }
}

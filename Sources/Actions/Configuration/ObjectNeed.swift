import Records

/// What Tidemark must be allowed to do with one object, as the enabled actions say.
package struct ObjectNeed: Sendable, Hashable {
    package let object: String
    package internal(set) var creates = false
    package internal(set) var edits = false
    package internal(set) var deletes = false
    /// Whether records are found by their values: one that is not seen would be made again.
    package internal(set) var matches = false
    /// Fields that are read only; names as the actions write them.
    package internal(set) var readFields: Set<String> = []
    /// Fields that are written, and read.
    package internal(set) var editFields: Set<String> = []

    init(object: String) { self.object = object }

    /// Of all actions that are enabled, sorted by object. Parents that cannot be told are left out;
    /// see ``ObjectNeeds``.
    package static func all(
        of actions: [Action], describe: (String) -> ObjectDescription?
    ) -> [ObjectNeed] {
        ObjectNeeds(actions, describe: describe).all
    }
}

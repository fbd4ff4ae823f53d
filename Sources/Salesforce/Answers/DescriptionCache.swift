import Records
import Synchronization

/// The last description of each object, with what lets Salesforce say that it still holds.
///
/// `If-Modified-Since` with an earlier `Last-Modified` is answered with 304 and no body while
/// nothing of the object changed, permissions and labels included (REST API Developer Guide, "Get
/// Object Metadata Changes"). In memory only: a start asks for everything once.
final class DescriptionCache: Sendable {
    struct Known: Sendable {
        let description: ObjectDescription
        /// `Last-Modified` as it came: handed back, never interpreted.
        let modified: String
    }

    // By lower-case name; as many as the configuration has objects. Protected by the mutex.
    private let known = Mutex<[String: Known]>([:])

    func description(of object: String) -> Known? { known.withLock { $0[object.lowercased()] } }

    /// Keeps the description of an answer.
    ///
    /// Not one that changed within the second of its answer: HTTP dates have no smaller unit, so a
    /// second change in that second would be answered with 304.
    func keep(_ description: ObjectDescription, of object: String, _ answer: HTTPAnswer) {
        var entry: Known?
        if let modified = answer.lastModified, modified != answer.date {
            entry = Known(description: description, modified: modified)
        }
        known.withLock { $0[object.lowercased()] = entry }
    }
}

import Crypto
import Records

/// Keys of the table of waits: the same length for every parent, so that a prefix finds one
/// parent's waiters and no others.
enum WaitKey {
    /// Of SHA-256. That two parents share it costs a look in vain, nothing more.
    private static let hashBytes = 16

    static func bytes(_ parent: ParentPlace) -> [UInt8] {
        Array(SHA256.hash(data: Array(parent.key.text.utf8)).prefix(hashBytes))
    }
}

/// Which keys wait for which parents, as far as the rows in memory say.
struct ParentWaits {
    private var idsByParent: [[UInt8]: Set<UInt64>] = [:]

    mutating func add(_ record: DesiredRecord) {
        guard let parent = record.awaitedParent else { return }
        idsByParent[WaitKey.bytes(parent.place), default: []].insert(record.id)
    }

    func ids(for hash: [UInt8]) -> Set<UInt64> { idsByParent[hash] ?? [] }
}

extension DesiredRecord {
    /// The parent without which the key waits.
    package var awaitedParent: ParentReference? {
        guard case .parked(let parking) = delivery.status, parking.reason == .waitingForParent,
            let field = fields.first(where: { $0.name == parking.field }),
            case .parent(let parent) = field.content
        else { return nil }
        return parent
    }

    /// The parents that this key's record would be found as, by the fields named in `fields`, in
    /// lower case: what the record carries or is to carry in them.
    package func places(_ fields: Set<String>, _ description: ObjectDescription) -> [ParentPlace] {
        var terms = matchers.map(\.term).filter { fields.contains($0.field.lowercased()) }
        for field in self.fields where fields.contains(field.name.lowercased()) {
            guard case .value(let value) = field.content,
                let form = description.field(field.name)?.matchForm(value)
            else { continue }
            terms.append(MatcherKey.Term(field: field.name, form: form))
        }
        var seen: Set<ParentPlace> = []
        return terms.map { ParentPlace(MatcherKey(object: object, terms: [$0])) }
            .filter { seen.insert($0).inserted }
    }
}

extension DeliveryState {
    /// Whether children that wait for this key's record should look again: it has a definite id, or
    /// there is another reason now why it has none. Not while it waits for a parent itself: two
    /// keys that wait for each other would wake each other for ever.
    var isNewsForChildren: Bool {
        switch status {
        case .settled: true
        case .parked(let parking): !parking.reason.isAboutParent
        case .dirty, .inFlight, .inDoubt: false
        }
    }
}

extension ParkReason {
    /// It is a lookup's parent that the key has not.
    package var isAboutParent: Bool {
        switch self {
        case .waitingForParent, .parentMissing, .parentAmbiguous: true
        case .ambiguous, .notFound, .rejected, .held, .retriesExhausted, .duplicate, .deleted,
            .converted, .defect:
            false
        }
    }
}

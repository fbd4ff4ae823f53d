import EventLog
import Events
import Projection
import Records

/// Keys that wait for a person.
package struct ParkedKeys: Sendable {
    /// One parked key, as outputs show it.
    package struct Item: Sendable, Hashable, Encodable {
        package let object: String
        package let key: [String: String]
        package let reason: ParkReason
        package let status: Int
        package let code: String
        package let message: String
        package let recordIds: [String]
        package let position: UInt64
        /// The key as decisions name it.
        package let reference: MatcherKey

        private enum CodingKeys: String, CodingKey {
            case object, key, reason, status, code, message, recordIds, position
        }
    }

    private static let pageCountMax = 10_000

    private let state: StateStore

    package init(state: StateStore) { self.state = state }

    /// All parked keys, oldest first.
    package func items(
        reason: ParkReason? = nil, object: String? = nil
    ) throws(AuditError) -> [Item] {
        var items: [Item] = []
        var after: UInt64 = 0
        while true {
            let page = try projecting { () throws(ProjectionError) in
                try state.records(after: after, countMax: Self.pageCountMax)
            }
            guard let last = page.last else { return items }
            after = last.id
            for record in page {
                guard case .parked(let parking) = record.delivery.status,
                    reason == nil || parking.reason == reason,
                    object == nil || record.object == object
                else { continue }
                items.append(Item(record, parking))
            }
        }
    }
}

extension ParkedKeys.Item {
    init(_ record: DesiredRecord, _ parking: Parking) {
        self.init(
            object: record.object, key: record.reference.fields, reason: parking.reason,
            status: parking.status, code: parking.code, message: parking.message,
            recordIds: parking.recordIDs.map(\.description), position: parking.position,
            reference: record.reference)
    }
}

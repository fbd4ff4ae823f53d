import Projection

// Values that are refused before any call.

extension DeliveryEngine {
    /// Records keys whose value the fold refused, as looking records the keys that it blocks: the
    /// log tells of each refusal once, whatever becomes of the key. It takes no call, so it waits
    /// for no pause.
    func tellRefusals() async throws(DeliveryError) {
        var last: UInt64 = 0
        while true {
            let refused = try projecting { () throws(ProjectionError) in
                try projector.state.untoldRefusals(
                    after: last, countMax: settings.limits.observationCountMax)
            }
            guard let end = refused.last?.id else { break }
            last = end
            try await append(OutcomeEntry(blocked: refused.compactMap(BlockedEntry.init)))
        }
        if last > 0 { try await project() }
    }
}

extension BlockedEntry {
    /// The refusal of a parked key's value; `nil` for a key that is not parked.
    fileprivate init?(_ record: DesiredRecord) {
        guard case .parked(let parking) = record.delivery.status else { return nil }
        self.init(
            key: record.version, reason: parking.reason, status: parking.status,
            message: parking.message, recordIDs: parking.recordIDs, code: parking.code)
    }
}

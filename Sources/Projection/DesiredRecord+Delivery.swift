import Records

// What an answer from Salesforce, or a person's word, does to one key.

extension DesiredRecord {
    /// Takes the answer to one operation that was about this key.
    ///
    /// - Parameter version: the `changedAt` of the state that was sent. When the key has changed
    ///   since, it is dirty again, but what the answer says of the record still holds.
    mutating func receive(
        _ result: OperationResult, of operation: OpenOperation, version: UInt64, at position: UInt64
    ) {
        switch result.status {
        case .succeeded:
            delivery.link = operation.kind == .delete ? nil : result.recordID ?? delivery.link
            settle(.settled, version: version)
        case .failed:
            let parking = Parking(
                reason: result.park ?? .rejected, status: 400, code: result.code ?? "UNKNOWN",
                message: result.message ?? "", position: position)
            settle(.parked(parking), version: version)
        case .again:
            delivery.status = .dirty
            delivery.attempts += 1
        case .inDoubt:
            // An idempotent operation may be sent again at once; a plain create waits for its
            // fence.
            delivery.status = operation.isIdempotent ? .dirty : .inDoubt
            delivery.attempts += 1
        }
        parkIfInvalid(at: position)
    }

    /// Moves on from an answer or an observation of the state `version`.
    mutating func settle(_ status: DeliveryState.Status, version: UInt64) {
        delivery.attempts = 0
        delivery.status = version == changedAt ? status : .dirty
    }

    /// A person lets a parked key go.
    mutating func release() {
        guard case .parked(let parking) = delivery.status else { return }
        if parking.reason == .held { delivery.approvedVersion = changedAt }
        delivery.status = .dirty
        delivery.attempts = 0
    }
}

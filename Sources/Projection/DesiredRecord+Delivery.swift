import Records

// What an answer from Salesforce, or a person's word, does to one key.

extension DeliveryState {
    /// Takes on `wanted`, unless something sent for the key is not over: then the key goes on
    /// waiting for that, and is looked at again after it.
    mutating func become(_ wanted: Status) {
        if awaited.contains(where: { $0.wait == .fence }) {
            status = .inDoubt
        } else if awaited.contains(where: { $0.wait == .answer }) {
            status = .inFlight
        } else {
            status = wanted
        }
    }

    /// The key's matchers changed: what would be sent now need not be the upsert that is in doubt,
    /// and might make a second record beside it. So that one is waited for like any create.
    mutating func waitForUpserts() {
        for index in awaited.indices where awaited[index].wait == .sameUpsert {
            awaited[index].wait = .fence
        }
    }

    mutating func waitFor(_ operation: OpenOperation, _ wait: AwaitedOperation.Wait) {
        forget(operation)
        awaited.append(
            AwaitedOperation(intent: operation.intent, index: operation.index, wait: wait))
    }

    mutating func forget(_ operation: OpenOperation) {
        awaited.removeAll { $0.intent == operation.intent && $0.index == operation.index }
    }
}

extension FieldState {
    /// What Salesforce makes of the desired value; `nil` when nothing of the kind is known.
    package var rewritten: FieldValue? {
        guard let lastWrite, lastWrite.isRewritten else { return nil }
        if case .value(let wanted) = content, wanted != lastWrite.wrote { return nil }
        return lastWrite.read
    }
}

/// Where an outcome stands in the log.
struct OutcomePlace {
    let position: UInt64
    let changes: ConfigurationChanges

    /// Whether what was found then still holds for `record`: nothing that it uses has been
    /// configured or described otherwise since.
    ///
    /// Why a key was parked may lie in any field of the object, such as one that became required.
    func isCurrent(for record: DesiredRecord, _ status: DeliveryState.Status) -> Bool {
        if case .parked = status { return position > changes.latest(of: record.object) }
        return position > changes.latest(for: record)
    }
}

extension DesiredRecord {
    /// An intent about this key is in the log: its answer is awaited.
    mutating func send(_ operation: OpenOperation) {
        delivery.waitFor(operation, .answer)
        delivery.become(.inFlight)
    }

    /// Takes the answer to one operation that was about this key.
    ///
    /// - Parameter version: the `changedAt` of the state that was sent. When the key has changed
    ///   since, it is dirty again, but what the answer says of the record still holds.
    mutating func receive(
        _ result: OperationResult, of operation: OpenOperation, version: UInt64,
        at place: OutcomePlace
    ) {
        delivery.forget(operation)
        switch result.status {
        case .succeeded:
            link(to: result.recordID, by: operation.kind, isCurrent: version == changedAt)
            remember(operation.writes)
            settle(.settled, version: version, at: place)
            if result.isPartial == true { makeDirty(at: place.position) }
        case .failed:
            let parking = Parking(
                reason: result.park ?? .rejected, status: 400, code: result.code ?? "UNKNOWN",
                message: result.message ?? "", recordIDs: result.recordIDs ?? [],
                position: place.position)
            settle(.parked(parking), version: version, at: place)
        case .again:
            // What befell the whole request says nothing about this record.
            if result.isWholeRequest != true {
                delivery.attempts += 1
                delivery.doubts = 0
            }
            if let found = result.recordID { link(to: found, isCurrent: version == changedAt) }
            makeDirty(at: place.position)
        case .inDoubt:
            delivery.doubts += 1
            doubt(operation, version: version)
            makeDirty(at: place.position)
        }
    }

    /// Takes `record` for the key's own. What was written to another one says nothing of it.
    ///
    /// - Parameter isCurrent: whether all that the key is linked to was looked for. Otherwise it
    ///   may have joined another key since, whose record is still to be looked for.
    mutating func link(to record: RecordID?, isCurrent: Bool) {
        let former = delivery.links
        delivery.joinedLinks = []
        if record != delivery.link {
            delivery.link = record
            forgetWrites()
        }
        if !isCurrent, record != nil { delivery.keep(former) }
    }

    /// One of the records is there no more.
    private mutating func unlink(_ record: RecordID?) {
        var rest = delivery.links
        rest.removeAll { $0 == record }
        link(to: nil, isCurrent: true)
        delivery.keep(rest)
    }

    mutating func forgetWrites() {
        for index in fields.indices { fields[index].lastWrite = nil }
    }

    /// Keeps what succeeded: when the same value has to be written again, it tells whether
    /// Salesforce makes another of it.
    private mutating func remember(_ writes: [OpenWrite]) {
        for write in writes {
            guard let index = fields.firstIndex(where: { $0.name == write.field }) else { continue }
            let earlier = fields[index].lastWrite
            fields[index].lastWrite = LastWrite(
                write.after, over: write.before, following: earlier)
        }
    }

    /// A look found these fields to hold what Salesforce makes of ours, and no others.
    mutating func note(rewritten names: [String]) {
        for index in fields.indices where fields[index].lastWrite?.read != nil {
            let isRewritten = names.contains(fields[index].name)
            fields[index].lastWrite?.isRewritten = isRewritten
        }
    }

    /// Whether Salesforce is known to rewrite a field of the record.
    var isRewritten: Bool { fields.contains { $0.rewritten != nil } }

    /// The record that the key has after an operation succeeded.
    private mutating func link(to record: RecordID?, by kind: OperationKind, isCurrent: Bool) {
        if kind == .delete {
            // Records of keys that joined meanwhile were not deleted with it.
            if isCurrent || joined.isEmpty {
                link(to: nil, isCurrent: true)
            } else {
                unlink(record)
            }
            delivery.replacements = 0
            return
        }
        guard let record else { return }
        // A create beside a link: that record was there no more, unless it is one of another key
        // that joined meanwhile.
        if kind == .create, let former = delivery.link, former != record,
            isCurrent || joined.isEmpty
        {
            delivery.replacements += 1
        }
        link(to: record, isCurrent: isCurrent)
    }

    /// People have made the key's record into another one.
    mutating func relink(_ entry: RelinkEntry) {
        guard delivery.link == nil || delivery.links.contains(entry.from) else { return }
        let others = delivery.links.filter { $0 != entry.from && $0 != entry.to }
        let isFirst = delivery.link == nil || delivery.link == entry.from
        let first = isFirst ? entry.to : delivery.link
        link(to: first, isCurrent: true)
        delivery.keep(isFirst ? others : others + [entry.to])
    }

    /// A plain create waits for its fence. An upsert may be sent again while it is still the same
    /// one; an update or a delete by id at once: twice is once.
    private mutating func doubt(_ operation: OpenOperation, version: UInt64) {
        guard operation.kind == .create else { return }
        let mayRepeat = operation.isIdempotent && version == changedAt
        delivery.waitFor(operation, mayRepeat ? .sameUpsert : .fence)
    }

    /// The fence of an operation in doubt has passed: whatever it did, a look now shows it.
    mutating func resolve(_ operation: OpenOperation, at position: UInt64) {
        delivery.forget(operation)
        makeDirty(at: position)
    }

    /// Moves on from an answer or an observation of the state `version`.
    ///
    /// What was found under an earlier configuration is about other wishes, though the events are
    /// the same: the key is looked at again.
    mutating func settle(
        _ status: DeliveryState.Status, version: UInt64, at place: OutcomePlace
    ) {
        delivery.attempts = 0
        delivery.doubts = 0
        guard version == changedAt, place.isCurrent(for: self, status) else {
            makeDirty(at: place.position)
            return
        }
        delivery.become(status)
    }

    /// The key needs work, unless an answer or a fence is awaited, which nothing may hurry, or it
    /// holds a value that cannot be sent.
    mutating func makeDirty(at position: UInt64) {
        markDirty()
        parkIfInvalid(at: position)
    }

    /// A person lets a parked key go.
    mutating func release(at position: UInt64) {
        guard case .parked(let parking) = delivery.status else { return }
        if parking.reason == .held { delivery.approvedVersion = changedAt }
        if parking.reason == .deleted { delivery.replacements = 0 }
        delivery.attempts = 0
        makeDirty(at: position)
    }

    /// Parks a key with a value that cannot be sent: nothing is sent by halves. A later event with
    /// a valid value frees it. A key whose record must not exist has nothing to send, so it is not
    /// held up.
    private mutating func parkIfInvalid(at position: UInt64) {
        guard delivery.status == .dirty, !presence.isAbsent, let invalid = invalidField else {
            return
        }
        delivery.status = .parked(
            Parking(
                reason: .rejected, status: 400, code: invalid.why.code,
                message: invalid.why.detail, position: position, isUntold: true))
    }
}

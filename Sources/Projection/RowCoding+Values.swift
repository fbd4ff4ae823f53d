import Records

// The parts of a row. Tags are on disk: never change one; a new meaning gets a new tag.

extension RowWriter {
    package mutating func value(_ value: FieldValue) {
        switch value {
        case .null: byte(0)
        case .boolean(false): byte(1)
        case .boolean(true): byte(2)
        case .number(let number):
            byte(3)
            text(number.description)
        case .text(let string):
            byte(4)
            text(string)
        case .list(let values):
            byte(5)
            list(values) { $0.value($1) }
        case .object(let members):
            byte(6)
            list(members.keys.sorted()) { writer, name in
                writer.text(name)
                writer.value(members[name] ?? .null)
            }
        }
    }

    mutating func stamp(_ stamp: Stamp) {
        varint(stamp.position)
        signed(stamp.eventTime)
        count(stamp.action << 1 | (stamp.isByArrival ? 1 : 0))
    }

    mutating func recordID(_ id: RecordID) { text(id.description) }

    mutating func parent(_ parent: ParentReference) {
        text(parent.object)
        text(parent.field)
        value(parent.value)
        text(parent.form)
        byte(parent.missing.tag)
    }

    mutating func status(_ status: DeliveryState.Status) {
        switch status {
        case .dirty: byte(0)
        case .settled: byte(1)
        case .inFlight: byte(2)
        case .inDoubt: byte(3)
        case .parked(let parking):
            byte(parking.isUntold ? 5 : 4)
            text(parking.reason.rawValue)
            count(parking.status)
            text(parking.code)
            text(parking.message)
            list(parking.recordIDs) { $0.recordID($1) }
            varint(parking.position)
            optional(parking.field) { $0.text($1) }
        }
    }
}

extension RowReader {
    package mutating func value() -> FieldValue {
        switch byte() {
        case 0: return .null
        case 1: return .boolean(false)
        case 2: return .boolean(true)
        case 3: return DecimalNumber(text()).map(FieldValue.number) ?? damaged(.null)
        case 4: return .text(text())
        case 5: return nested(.null) { reader in .list(reader.list { $0.value() }) }
        case 6:
            return nested(.null) { reader in
                let members = reader.list { reader in (reader.text(), reader.value()) }
                return .object(Dictionary(members, uniquingKeysWith: { first, _ in first }))
            }
        default: return damaged(.null)
        }
    }

    mutating func stamp() -> Stamp {
        let position = varint()
        let eventTime = signed()
        let action = varint()
        // No configuration has so many actions: larger is damage, and would not fit when written.
        let index = UInt32(exactly: action >> 1) ?? damaged(0)
        return Stamp(
            position: position, eventTime: eventTime, action: Int(index),
            isByArrival: action & 1 == 1)
    }

    mutating func recordID() -> RecordID? { RecordID(answered: text()) ?? damaged(nil) }

    mutating func parent() -> ParentReference {
        ParentReference(
            object: text(), field: text(), value: value(), form: text(),
            missing: MissingParent(tag: byte()) ?? damaged(.wait))
    }

    mutating func status() -> DeliveryState.Status {
        let tag = byte()
        switch tag {
        case 0: return .dirty
        case 1: return .settled
        case 2: return .inFlight
        case 3: return .inDoubt
        case 4, 5:
            let reason = ParkReason(rawValue: text()) ?? damaged(.rejected)
            return .parked(
                Parking(
                    reason: reason, status: integer(), code: text(), message: text(),
                    recordIDs: list { $0.recordID() }.compactMap { $0 }, position: varint(),
                    field: optional { $0.text() }, isUntold: tag == 5))
        default: return damaged(.dirty)
        }
    }
}

extension MissingParent {
    /// On disk.
    fileprivate var tag: UInt8 {
        switch self {
        case .wait: 1
        case .skipField: 2
        case .park: 3
        }
    }

    fileprivate init?(tag: UInt8) {
        guard let policy = MissingParent.allCases.first(where: { $0.tag == tag }) else {
            return nil
        }
        self = policy
    }
}

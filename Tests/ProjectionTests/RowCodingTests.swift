import Records
import TestSupport
import Testing

@testable import Projection

@Suite struct RowCodingTests {
    @Test(arguments: SeededGenerator.seeds(count: 200))
    func aRowReadsBackAsItWasWritten(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let record = random.record()
        #expect(DesiredRecord.decode(record.encoded(), id: record.id) == record, "seed \(seed)")
    }

    @Test(arguments: SeededGenerator.seeds(count: 20))
    func aRowThatIsCutShortOrTooLongIsNoRow(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = random.record().encoded()
        for count in bytes.indices {
            #expect(DesiredRecord.decode(Array(bytes.prefix(count)), id: 1) == nil, "seed \(seed)")
        }
        #expect(DesiredRecord.decode(bytes + [0], id: 1) == nil, "seed \(seed)")
    }

    /// Whatever is on the disk, reading it ends, and gives a row that can be written again or none.
    @Test(arguments: SeededGenerator.seeds(count: 40))
    func flippedBytesNeverCrash(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = random.record().encoded()
        for _ in 0..<200 {
            var damaged = bytes
            for _ in 0..<random.number(1...4) {
                damaged[random.number(0...damaged.count - 1)] = UInt8(random.number(0...255))
            }
            if let read = DesiredRecord.decode(damaged, id: 1) {
                #expect(DesiredRecord.decode(read.encoded(), id: 1) == read, "seed \(seed)")
            }
        }
    }

    @Test func valuesNestedBeyondReasonAreRefused() {
        // A list of one list of one list …
        var bytes: [UInt8] = []
        for _ in 0..<100_000 { bytes += [5, 1] }
        var reader = RowReader(bytes + [0])
        _ = reader.value()
        #expect(reader.isDamaged)
    }

    @Test(arguments: [
        OpenOperation(
            intent: 7, index: 3, kind: .create, isIdempotent: false, sentAt: -5, isInDoubt: true,
            keys: [
                KeyVersion(
                    key: MatcherKey(
                        object: "Contact", terms: [.init(field: "Email", form: "a@x.org")]),
                    version: 9)
            ],
            writes: [
                OpenWrite(field: "Email", after: .text("a@x.org"), before: .null),
                OpenWrite(field: "Title", after: .null, before: nil),
            ]),
        OpenOperation(
            intent: 8, index: 0, kind: .update, isIdempotent: true, sentAt: 5, isInDoubt: true,
            sentBy: BootMoment(boot: "boot", milliseconds: 9), keys: []),
    ])
    func anOpenOperationReadsBack(_ operation: OpenOperation) {
        let bytes = operation.encoded()
        #expect(OpenOperation.decode(bytes, key: operation.tableKey) == operation)
        for count in bytes.indices {
            let cut = Array(bytes.prefix(count))
            #expect(OpenOperation.decode(cut, key: operation.tableKey) == nil)
        }
    }
}

extension SeededGenerator {
    fileprivate mutating func text() -> String {
        let texts = ["", "a", "caf\u{e9}", "cafe\u{301}", "😀", String(repeating: "x", count: 300)]
        return texts[number(0...texts.count - 1)]
    }

    fileprivate mutating func stamp() -> Stamp {
        Stamp(
            position: next() >> UInt64(number(0...63)), eventTime: Int64(bitPattern: next()),
            action: number(0...9), isByArrival: number(0...1) == 1)
    }

    fileprivate mutating func value(depth: Int = 0) -> FieldValue {
        switch number(0...(depth < 3 ? 5 : 3)) {
        case 0: .null
        case 1: .boolean(number(0...1) == 1)
        case 2: .number(DecimalNumber("\(number(-99...99)).\(number(0...9_999))") ?? .init(0))
        case 3: .text(text())
        case 4: .list((0..<number(0...3)).map { _ in value(depth: depth + 1) })
        default:
            .object(
                Dictionary(
                    (0..<number(0...3)).map { ("m\($0)", value(depth: depth + 1)) },
                    uniquingKeysWith: { first, _ in first }))
        }
    }

    fileprivate mutating func status() -> DeliveryState.Status {
        switch number(0...4) {
        case 0: return .dirty
        case 1: return .settled
        case 2: return .inFlight
        case 3: return .inDoubt
        default:
            let reason = ParkReason.allCases[number(0...ParkReason.allCases.count - 1)]
            return .parked(
                Parking(
                    reason: reason, status: number(0...500), code: text(), message: text(),
                    recordIDs: number(0...1) == 0 ? [] : [.first, .second], position: next(),
                    field: number(0...1) == 0 ? nil : text(), isUntold: number(0...1) == 0))
        }
    }

    fileprivate mutating func content() -> FieldState.Content {
        switch number(0...4) {
        case 0: return .invalid(InvalidValue(code: text(), detail: text()))
        case 1:
            let policies = MissingParent.allCases
            return .parent(
                ParentReference(
                    object: text(), field: text(), value: value(), form: text(),
                    missing: policies[number(0...policies.count - 1)]))
        default: return .value(value())
        }
    }

    private mutating func lastWrite(of content: FieldState.Content) -> LastWrite? {
        guard number(0...1) == 0 else { return nil }
        var wrote = value()
        if case .value(let wanted) = content, number(0...1) == 0 { wrote = wanted }
        return LastWrite(
            wrote: wrote, read: number(0...1) == 0 ? value() : nil,
            isRewritten: number(0...1) == 0)
    }

    fileprivate mutating func record() -> DesiredRecord {
        let waits: [AwaitedOperation.Wait] = [.answer, .fence, .sameUpsert]
        let policies: [WritePolicyState] = [.always, .ifEmpty, .onCreate]
        return DesiredRecord(
            id: next(), object: "Contact", form: [.any, .all, .creation][number(0...2)],
            matchers: (0..<number(0...3)).map { index in
                MatcherState(
                    term: .init(field: "F\(index)", form: text()), value: value(), stamp: stamp())
            },
            joined: (0..<number(0...3)).map { _ in next() },
            presence: PresenceState(
                exists: number(0...1) == 0 ? nil : stamp(),
                absent: number(0...1) == 0 ? nil : stamp(),
                ifExists: number(0...1) == 0 ? nil : stamp()),
            fields: (0..<number(0...4)).map { index in
                let made = content()
                return FieldState(
                    name: "F\(index)", content: made, policy: policies[number(0...2)],
                    stamp: stamp(), lastWrite: lastWrite(of: made))
            },
            changedAt: next(),
            delivery: DeliveryState(
                link: number(0...1) == 0 ? nil : .first,
                joinedLinks: number(0...3) == 0 ? [.second] : [], status: status(),
                awaited: (0..<number(0...2)).map { index in
                    AwaitedOperation(intent: next(), index: index, wait: waits[number(0...2)])
                },
                attempts: number(0...1_000_000), doubts: number(0...9),
                approvedVersion: number(0...1) == 0 ? nil : next()))
    }
}

import Projection
import Reconciliation
import Records
import Testing

@testable import Delivery

/// Who goes before whom in one round: pure.
@Suite struct ParentOrderTests {
    private static let stamp = Stamp(position: 1, eventTime: 0, action: 0)

    /// A key known as `name` that looks `parents` up, each written `Object/name`.
    private static func key(
        _ id: UInt64, _ object: String, _ name: String, _ parents: [String] = [],
        isLinked: Bool = false, isDeleted: Bool = false
    ) -> DesiredRecord {
        DesiredRecord(
            id: id, object: object, form: .any,
            matchers: [
                MatcherState(
                    term: .init(field: "Ext", form: name), value: .text(name), stamp: stamp)
            ],
            presence: isDeleted ? PresenceState(absent: stamp) : PresenceState(exists: stamp),
            fields: parents.enumerated().map { index, parent in
                let parts = parent.split(separator: "/").map(String.init)
                return FieldState(
                    name: "P\(index)",
                    content: .parent(
                        ParentReference(
                            object: parts[0], field: "Ext", value: .text(parts[1]), form: parts[1],
                            missing: .wait)),
                    policy: .always, stamp: stamp)
            },
            changedAt: 1, delivery: DeliveryState(link: isLinked ? TestPlans.recordID(id) : nil))
    }

    private static func place(_ object: String, _ name: String) -> ParentPlace {
        ParentPlace(MatcherKey(object: object, terms: [.init(field: "Ext", form: name)]))
    }

    /// - Parameter mustHave: the keys whose records cannot be created without their lookups.
    private static func order(
        _ records: [DesiredRecord], _ parents: [String: Set<String>], mustHave: Set<UInt64> = []
    ) -> ParentOrder {
        ParentOrder(
            records, graph: ParentGraph(parents),
            places: { record in
                record.matchers.map {
                    ParentPlace(MatcherKey(object: record.object, terms: [$0.term]))
                }
            }, mayLack: { record, _ in !mustHave.contains(record.id) })
    }

    @Test func withoutLookupsThereIsOneWave() {
        let order = Self.order([Self.key(1, "Contact", "a"), Self.key(2, "Account", "b")], [:])
        #expect(order.waves == [[1, 2]])
    }

    @Test func objectsGoByTheirRank() {
        let graph: [String: Set<String>] = [
            "case": ["contact", "account"], "contact": ["account"],
        ]
        let order = Self.order(
            [
                Self.key(1, "Case", "a"), Self.key(2, "Contact", "b"), Self.key(3, "Account", "c"),
                Self.key(4, "Lead", "d"), Self.key(5, "Contact", "e"),
            ], graph)
        #expect(order.waves == [[3, 4], [2, 5], [1]])
    }

    @Test func withinAnObjectKeysGoLevelByLevel() {
        let order = Self.order(
            [
                Self.key(1, "Account", "c", ["Account/b"]),
                Self.key(2, "Account", "b", ["Account/a"]), Self.key(3, "Account", "a"),
                Self.key(4, "Account", "d", ["Account/elsewhere"]),
            ], ["account": ["account"]])
        #expect(order.waves == [[3, 4], [2], [1]])
        #expect(order.circular.isEmpty)
    }

    @Test func nobodyWaitsForAParentThatHasItsID() {
        let order = Self.order(
            [
                Self.key(1, "Account", "b", ["Account/a"]),
                Self.key(2, "Account", "a", isLinked: true),
            ], ["account": ["account"]])
        #expect(order.waves == [[1, 2]])
    }

    /// One of each circle goes first; what hangs below comes after it.
    @Test func aCircleIsOpenedByOneOfItsKeys() {
        let order = Self.order(
            [
                Self.key(1, "Account", "a", ["Account/b"]),
                Self.key(2, "Account", "b", ["Account/a"]), Self.key(3, "Account", "free"),
                Self.key(4, "Account", "below", ["Account/a"]),
                Self.key(5, "Account", "self", ["Account/self"]),
            ], ["account": ["account"]])
        #expect(order.circular.isEmpty)
        #expect(
            order.openers == [
                1: [Self.place("Account", "b")], 5: [Self.place("Account", "self")],
            ])
        #expect(order.waves == [[3], [1, 5], [2, 4]])
    }

    @Test func theOpenerIsOneThatMayLackItsLookup() {
        let pair = [
            Self.key(1, "Account", "a", ["Account/b"]), Self.key(2, "Account", "b", ["Account/a"]),
        ]
        let order = Self.order(pair, ["account": ["account"]], mustHave: [1])
        #expect(order.openers == [2: [Self.place("Account", "a")]])
        #expect(order.waves == [[2], [1]])
        // None can be first: they stay together, and it is said why.
        let closed = Self.order(pair, ["account": ["account"]], mustHave: [1, 2])
        #expect(closed.openers.isEmpty)
        #expect(closed.circular == [1, 2])
        #expect(closed.waves == [[1, 2]])
    }

    /// However many there are, one wave opens all circles that have nothing to do with each other.
    @Test func manyCirclesAreOpenedTogether() {
        let records = (0..<100).flatMap { pair -> [DesiredRecord] in
            let id = UInt64(pair) * 2 + 1
            return [
                Self.key(id, "Account", "a\(pair)", ["Contact/c\(pair)"]),
                Self.key(id + 1, "Contact", "c\(pair)", ["Account/a\(pair)"]),
            ]
        }
        let order = Self.order(records, ["account": ["contact"], "contact": ["account"]])
        #expect(order.openers.count == 100)
        #expect(order.waves.map(\.count) == [100, 100])
    }

    @Test func deletesOfParentsComeLastAndTheirChildrensBefore() {
        let graph: [String: Set<String>] = [
            "case": ["contact", "account"], "contact": ["account"],
        ]
        let order = Self.order(
            [
                Self.key(1, "Account", "a", isDeleted: true), Self.key(2, "Account", "b"),
                Self.key(3, "Contact", "c", isDeleted: true), Self.key(4, "Contact", "d"),
                Self.key(5, "Case", "e", isDeleted: true), Self.key(6, "Case", "f"),
            ], graph)
        #expect(order.waves == [[2], [4], [5, 6], [3], [1]])
    }

    @Test func objectsThatReferToEachOtherTakeTurns() {
        let order = Self.order(
            [
                Self.key(1, "Account", "a", ["Contact/c"]), Self.key(2, "Contact", "c"),
                Self.key(3, "Contact", "d", ["Account/a"]),
            ], ["account": ["contact"], "contact": ["account"]])
        #expect(order.waves == [[2], [1], [3]])
    }

    @Test func everyKeyIsInOneWaveHoweverDeepItLies() {
        let count = UInt64(ParentOrder.levelCountMax) * 2
        let records = (1...count).map { id in
            Self.key(id, "Account", "\(id)", id == 1 ? [] : ["Account/\(id - 1)"])
        }
        let order = Self.order(records.reversed(), ["account": ["account"]])
        #expect(order.waves.count == ParentOrder.levelCountMax)
        #expect(order.waves.joined().sorted() == Array(1...count))
        #expect(order.circular.isEmpty)
    }

    // MARK: The slow look

    @Test func aLookIsDueAtOnceAndThenAfterItsInterval() {
        var watch = ParentWatch(interval: .seconds(300))
        #expect(watch.isDue(now: .zero) && watch.wait(now: .zero) == nil)
        watch.rest(now: .seconds(10), cursor: [1])
        #expect(!watch.isDue(now: .seconds(309)) && watch.isDue(now: .seconds(310)))
        #expect(watch.wait(now: .seconds(110)) == .seconds(200))
        #expect(watch.wait(now: .seconds(310)) == nil)
        #expect(watch.cursor == [1])
    }

    // MARK: Children of one parent

    @Test(arguments: [
        ([3, 3, 3, 3], 4, [3, 3, 3, 3]), ([2, 2, 1, 3], 4, [4, 4]), ([9], 4, [4, 4, 1]),
        ([3, 2, 1, 2], 4, [4, 4]), ([1, 1, 1], 4, [3]),
    ])
    func childrenOfOneParentShareARequest(_ counts: [Int], _ countMax: Int, _ sizes: [Int]) {
        var operations: [Operation] = []
        var key: UInt64 = 0
        for (parent, count) in counts.enumerated() {
            for _ in 0..<count {
                key += 1
                operations.append(Self.child(key, of: UInt64(parent + 1)))
            }
        }
        let grouping = ParentGrouping(fields: ["AccountId"], observed: [:])
        let shuffled = operations.sorted { $0.keys[0] * 7 % 11 < $1.keys[0] * 7 % 11 }
        let pieces = grouping.pieces(shuffled, countMax: countMax)
        #expect(pieces.map(\.count).sorted() == sizes.sorted())
        #expect(pieces.joined().map { $0.keys[0] }.sorted() == operations.map { $0.keys[0] })
    }

    @Test func withoutParentsTheOrderStays() {
        let operations = (1...6).map { TestPlans.operation(.create, $0) }
        for fields in [[], ["AccountId"]] {
            let grouping = ParentGrouping(fields: fields, observed: [:])
            let pieces = grouping.pieces(operations, countMax: 4)
            #expect(pieces.joined().map { $0.keys[0] } == Array(1...6))
        }
    }

    private static func child(_ key: UInt64, of parent: UInt64) -> Operation {
        let cause = Cause(position: key, messageID: "m", eventTime: 0, action: "a")
        return Operation(
            kind: .create, object: "Contact", keys: [key], recordID: nil, upsertField: nil,
            changes: [
                Change(
                    field: "AccountId", before: .null,
                    after: .text(TestPlans.recordID(parent).description), cause: cause)
            ], reason: "a test plans it")
    }
}

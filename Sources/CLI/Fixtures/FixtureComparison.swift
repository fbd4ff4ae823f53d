import Actions
import Audit
import Delivery
import Reconciliation
import Records

/// What a fixture expects beside what came of it, as the lines of a difference.
struct FixtureComparison {
    private typealias Fields = [String: FieldValue]

    /// One thing to compare: an operation or a record.
    private struct Item {
        /// What it is, without its fields: only items with fitting titles are compared.
        let title: String
        let object: String
        let id: RecordID?
        /// `nil` where they do not matter.
        let fields: Fields?
    }

    private let named: NamedRecords
    /// None when everything is as expected.
    private(set) var lines: [String] = []

    /// - Parameter named: the records before and after, by which an expectation may name one.
    init(
        _ expectation: FixtureExpectation, _ result: Rehearsal.Result, _ named: NamedRecords
    ) {
        self.named = named
        if let operations = expectation.operations {
            compare(
                "operations", operations.map(Self.item), result.operations.map(Self.item),
                isWhole: true)
        }
        if let blocked = expectation.blocked {
            compare(
                "blocked",
                blocked.map { Self.title("\($0.code) \($0.object)") },
                result.blocked.map { Self.title("\($0.code.rawValue) \($0.object)") },
                isWhole: true)
        }
        for (object, records) in (expectation.records ?? [:]).sorted(by: { $0.key < $1.key }) {
            compare(
                "records", records.map(Self.item),
                result.records.filter { $0.object == object }.map(Self.item), isWhole: false)
        }
        if !lines.isEmpty { note(result.skipped) }
    }

    /// What was not even tried is often why something is missing.
    private mutating func note(_ skipped: [String]) {
        for (reason, count) in Dictionary(grouping: skipped, by: \.self).mapValues(\.count)
            .sorted(by: { $0.key < $1.key })
        {
            lines.append("  skipped, \(count.of("event")): \(reason)")
        }
    }

    // MARK: Items

    private static func item(_ operation: FixtureExpectation.Operation) -> Item {
        Item(
            title: "\(operation.kind.rawValue) \(operation.object)", object: operation.object,
            id: operation.id, fields: operation.fields)
    }

    private static func item(_ operation: Operation) -> Item {
        Item(
            title: "\(operation.kind.rawValue) \(operation.object)", object: operation.object,
            id: operation.recordID,
            fields: Dictionary(
                operation.changes.map { ($0.field, $0.after) }, uniquingKeysWith: { one, _ in one }
            ))
    }

    private static func item(_ record: FixtureRecord) -> Item {
        Item(title: record.object, object: record.object, id: record.id, fields: record.fields)
    }

    private static func item(_ record: Record) -> Item {
        Item(title: record.object, object: record.object, id: record.id, fields: record.fields)
    }

    private static func title(_ title: String) -> Item {
        Item(title: title, object: "", id: nil, fields: nil)
    }

    // MARK: Comparing

    /// Pairs each expected item with one that came, agreeing ones first, and notes the rest.
    ///
    /// - Parameter isWhole: whether a field that came and was not expected is a difference.
    private mutating func compare(
        _ section: String, _ expected: [Item], _ came: [Item], isWhole: Bool
    ) {
        var remaining = came
        var unmet: [Item] = []
        for item in expected {
            if let index = remaining.firstIndex(where: {
                fits(item, $0) && differences(item, $0, isWhole).isEmpty
            }) {
                remaining.remove(at: index)
            } else {
                unmet.append(item)
            }
        }
        var found: [String] = []
        for item in unmet {
            let candidates = remaining.indices.filter { fits(item, remaining[$0]) }
            let nearest = candidates.min {
                differences(item, remaining[$0], isWhole).count
                    < differences(item, remaining[$1], isWhole).count
            }
            if let nearest {
                found.append("    " + name(remaining[nearest]))
                found += differences(item, remaining[nearest], isWhole)
                remaining.remove(at: nearest)
            } else {
                found += whole(item, sign: "-")
            }
        }
        for item in remaining { found += whole(item, sign: "+") }
        if !found.isEmpty { lines += ["  \(section)"] + found }
    }

    private func fits(_ expected: Item, _ came: Item) -> Bool {
        expected.title == came.title && (expected.id == nil || expected.id == came.id)
    }

    private func differences(_ expected: Item, _ came: Item, _ isWhole: Bool) -> [String] {
        guard let wanted = expected.fields else { return [] }
        let description = named.descriptions[expected.object]
        let known = Dictionary(
            wanted.map { (description?.field($0.key)?.name ?? $0.key, $0.value) },
            uniquingKeysWith: { one, _ in one })
        let present = came.fields ?? [:]
        let names = Set(known.keys).union(isWhole ? Array(present.keys) : []).sorted()
        return names.flatMap { name -> [String] in
            let (one, other) = (known[name], present[name])
            if let one, let other, named.isSame(one, other, description?.field(name)) {
                return []
            }
            return [("-", one), ("+", other)].compactMap { sign, value in
                value.map { "\(sign)     \(name): \(named.text($0, besides: one))" }
            }
        }
    }

    private func whole(_ item: Item, sign: String) -> [String] {
        let fields = (item.fields ?? [:]).filter { sign == "-" || !$0.value.isNull }
        return ["\(sign)   \(name(item))"]
            + fields.sorted { $0.key < $1.key }.map { name, value in
                "\(sign)     \(name): \(named.text(value, besides: nil))"
            }
    }

    private func name(_ item: Item) -> String {
        item.title + (item.id.map { " \($0)" } ?? "")
    }
}

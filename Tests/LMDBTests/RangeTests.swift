import TestSupport
import Testing

@testable import LMDB

/// Walks over ranges, against a sorted array that does the same.
@Suite struct RangeTests {
    private typealias Model = [(key: [UInt8], value: [UInt8])]

    /// Keys of one to three bytes of few values: many neighbours and many prefixes of one another.
    private func key(_ generator: inout SeededGenerator) -> [UInt8] {
        (0..<generator.number(1...3)).map { _ in [0, 1, 127, 255][generator.number(0...3)] }
    }

    private func fill(_ environment: Environment, _ generator: inout SeededGenerator) throws
        -> Model
    {
        var model: [[UInt8]: [UInt8]] = [:]
        for _ in 0..<generator.number(0...40) {
            model[key(&generator)] = generator.bytes(count: generator.number(0...5))
        }
        try environment.write { (transaction) throws(LMDBError) in
            for (key, value) in model {
                try transaction.put(environment.table("table"), key: key, value: value)
            }
        }
        return model.map { ($0.key, $0.value) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    @Test(arguments: SeededGenerator.seeds(count: 30))
    func everyRangeHoldsTheEntriesBetweenItsBoundsInOrder(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        try withTemporaryEnvironment { environment, _ throws in
            let model = try fill(environment, &generator)
            for _ in 0..<40 {
                let from = Bool.random(using: &generator) ? key(&generator) : nil
                let through = Bool.random(using: &generator) ? key(&generator) : nil
                let reverse = Bool.random(using: &generator)
                var found: [[UInt8]] = []
                try environment.read { (transaction) throws(LMDBError) in
                    try transaction.forEach(
                        environment.table("table"), from: from, through: through, reverse: reverse
                    ) { key, value in
                        found.append([UInt8](key) + [0xEE] + [UInt8](value))
                        return true
                    }
                }
                var expected = model.filter { entry in
                    (from.map { !entry.key.lexicographicallyPrecedes($0) } ?? true)
                        && (through.map { !$0.lexicographicallyPrecedes(entry.key) } ?? true)
                }
                if reverse { expected.reverse() }
                #expect(found == expected.map { $0.key + [0xEE] + $0.value })
            }
        }
    }

    @Test(arguments: SeededGenerator.seeds(count: 10))
    func aPrefixHoldsTheKeysThatBeginWithIt(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        try withTemporaryEnvironment { environment, _ throws in
            let model = try fill(environment, &generator)
            for _ in 0..<20 {
                let prefix = key(&generator)
                var found: [[UInt8]] = []
                try environment.read { (transaction) throws(LMDBError) in
                    try transaction.forEach(environment.table("table"), prefix: prefix) { key, _ in
                        found.append([UInt8](key))
                        return true
                    }
                }
                #expect(found == model.map(\.key).filter { $0.starts(with: prefix) })
            }
        }
    }

    @Test func aWalkEndsWhereItsBodySaysSo() throws {
        try withTemporaryEnvironment { environment, _ throws in
            let table = environment.table("table")
            var seen = 0
            try environment.write { (transaction) throws(LMDBError) in
                for key in UInt8(1)...9 { try transaction.put(table, key: [key], value: []) }
                try transaction.forEach(table) { _, _ in
                    seen += 1
                    return seen < 4
                }
            }
            #expect(seen == 4)
        }
    }

    @Test func firstAndLastAreTheEndsOfTheTable() throws {
        try withTemporaryEnvironment { environment, _ throws in
            let table = environment.table("table")
            let empty = try environment.read { (transaction) throws(LMDBError) in
                (try transaction.first(table)?.key, try transaction.last(table)?.key)
            }
            #expect(empty.0 == nil && empty.1 == nil)
            let ends = try environment.write { (transaction) throws(LMDBError) in
                for key: UInt8 in [5, 3, 8] {
                    try transaction.put(table, key: [key], value: [key, key])
                }
                return (try transaction.first(table), try transaction.last(table))
            }
            #expect(ends.0?.key == [3] && ends.0?.value == [3, 3])
            #expect(ends.1?.key == [8] && ends.1?.value == [8, 8])
        }
    }
}

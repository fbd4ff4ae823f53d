import Records
import Testing

@testable import Salesforce

struct QueryPackingTests {
    @Test func aPagesWorthOfAddressesFitsIntoOneQuery() throws {
        let wishes = (0..<4_100).map {
            [Condition.equals(field: "Email", .text("first.last\($0)@example.com"))]
        }
        let queries = try Query.pack(
            object: "Contact", fields: ["Email", "FirstName"], wishes: wishes
        ).queries
        #expect(queries.count == 3)
        #expect(queries.allSatisfy { $0.soql.utf8.count <= Query.bytesMax })
        // One page of an answer holds what one query finds, when each address finds one record.
        #expect(queries[0].soql.split(separator: ",'").count == Query.pageRecordCountMax)
    }

    @Test func conditionsOnOneFieldShareAListAndEqualOnesAreWrittenOnce() throws {
        let packed = try Query.pack(
            object: "Contact", fields: ["Email"],
            wishes: [
                [.equals(field: "Email", .text("a@b")), .equals(field: "Key__c", .text("1"))],
                [
                    .or([
                        .equals(field: "Email", .text("c@d")), .equals(field: "Key__c", .text("1")),
                    ])
                ],
                [.in(field: "Email", [.text("a@b"), .text("e@f")])],
                [.and([.equals(field: "X__c", .text("x")), .equals(field: "Y__c", .text("y"))])],
                [.equals(field: "Z__c", .null)],
            ])
        #expect(packed.refused.isEmpty)
        #expect(
            packed.queries.map(\.soql) == [
                "SELECT Id,Email FROM Contact WHERE Email IN ('a@b','c@d','e@f') "
                    + "OR Key__c IN ('1') OR (X__c = 'x' AND Y__c = 'y') OR Z__c = null"
            ])
    }

    /// Salesforce compares multi-selects by `=` alone.
    @Test func chosenValuesStandInNoList() throws {
        let packed = try Query.pack(
            object: "Contact", fields: [],
            wishes: [
                [.equals(field: "Many__c", .choices("A;B"))],
                [.equals(field: "Many__c", .choices("A;B")), .equals(field: "X__c", .text("x"))],
                [.in(field: "Many__c", [.choices("C")])],
            ])
        #expect(packed.refused.isEmpty)
        #expect(
            packed.queries.map(\.soql) == [
                "SELECT Id FROM Contact WHERE X__c IN ('x') OR Many__c = 'A;B' OR Many__c = 'C'"
            ])
        #expect(throws: SalesforceError.self) {
            try Query(
                object: "Contact", fields: [], where: .in(field: "Many__c", [.choices("C")]))
        }
    }

    @Test func narrowingHoldsInEveryQuery() throws {
        let wishes = (0..<4_500).map {
            [Condition.equals(field: "Email", .text("user\($0)@example.com"))]
        }
        let queries = try Query.pack(
            object: "Lead", fields: ["Email"], wishes: wishes,
            narrowing: .equals(field: "IsConverted", .boolean(false))
        ).queries
        #expect(queries.count > 1)
        #expect(queries.allSatisfy { $0.soql.hasSuffix("')) AND IsConverted = false") })
    }

    @Test func nothingWantedIsNoQuery() throws {
        #expect(try Query.pack(object: "Contact", fields: [], wishes: []).queries.isEmpty)
    }

    /// One value that no query can hold must not stop the others, nor be looked for by halves.
    @Test(arguments: [
        [Condition.equals(field: "Name", .text(String(repeating: "é", count: 3_000)))],
        [.equals(field: "Email", .text("z@z")), .and([])],
        [.or([])],
        [.in(field: "A", [])],
        [.equals(field: "No name", .text("x"))],
    ])
    func aWishThatNoQueryHoldsIsLeftOutWhole(wish: [Condition]) throws {
        let packed = try Query.pack(
            object: "Contact", fields: [],
            wishes: [[.equals(field: "Email", .text("a"))], wish, [.equals(field: "K__c", .null)]],
            bytesMax: 2_000)
        #expect(packed.refused.keys.sorted() == [1])
        #expect(
            packed.queries.map(\.soql) == [
                "SELECT Id FROM Contact WHERE Email IN ('a') OR K__c = null"
            ])
    }

    /// Random wishes: every query within the limit, every literal in exactly one of them, and no
    /// more queries than full ones would need plus one.
    @Test func everyLiteralIsPackedOnceAndQueriesAreFull() throws {
        var random = SeededRandom(seed: 424_242)
        for round in 0..<60 {
            let bytesMax = 600 + random.below(3_000)
            var values: [String: Set<String>] = [:]
            var wanted: [Condition] = []
            for index in 0..<(1 + random.below(300)) {
                let field = ["Email", "Key__c", "Account.Key__c"][random.below(3)]
                let text = "\(index)" + random.nastyText(lengthMax: 12)
                values[field, default: []].insert(text)
                wanted.append(.equals(field: field, .text(text)))
            }
            let queries = try Query.pack(
                object: "Contact", fields: ["Email"],
                wishes: wanted.shuffled(using: &random).map { [$0] }, bytesMax: bytesMax
            ).queries
            let sizes = queries.map(\.soql.utf8.count)
            #expect(sizes.allSatisfy { $0 <= bytesMax }, "seed \(random.seed) round \(round)")
            // 12 nasty scalars of up to 12 bytes each, an index, quotes, field and words.
            #expect(sizes.dropLast().allSatisfy { $0 > bytesMax - 240 }, "seed \(random.seed)")
            #expect(try Self.packed(queries) == values, "seed \(random.seed) round \(round)")
        }
    }

    /// What the queries ask for, read back from their text; fails when a literal occurs twice.
    private static func packed(_ queries: [Query]) throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for query in queries {
            for field in ["Email", "Key__c", "Account.Key__c"] {
                var reader = SOQLText(query.soql)
                let marker = field == "Key__c" ? " Key__c IN (" : "\(field) IN ("
                guard reader.skip(after: marker) else { continue }
                let values = reader.list()
                for value in try #require(values) {
                    #expect(found[field, default: []].insert(value).inserted)
                }
            }
        }
        return found
    }
}

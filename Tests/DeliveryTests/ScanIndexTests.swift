import Records
import Testing

@testable import Delivery

/// Records of a scan, as rows of bytes: what comes out is what went in.
@Suite struct ScanIndexTests {
    private static let fields = ["LastName", "Score__c", "IsOpen__c", "Email"]

    private static let ids = (0...300).compactMap { number in
        let digits = String(number)
        return RecordID("003" + String(repeating: "0", count: 12 - digits.count) + digits)
    }

    private static func record(_ number: Int) -> Record {
        Record(
            object: "Contact", id: ids[number],
            fields: [
                "LastName": .text("Né \(number)\u{301}\n"),
                "Score__c": .number(DecimalNumber(number)), "IsOpen__c": .boolean(number % 2 == 0),
                "Email": number % 3 == 0 ? .null : .text("p\(number)@example.com"),
            ])
    }

    /// Every record under its own key, every third under another as well, and key 7 with them all.
    private static func index(of count: Int, chunkBytes: Int) -> ScanIndex {
        var index = ScanIndex(object: "Contact", fields: fields, chunkBytes: chunkBytes)
        for number in (0..<count).reversed() {
            var keys: Set<UInt64> = [UInt64(number * 10)]
            if number % 3 == 0 { keys.insert(UInt64(number * 10 + 5)) }
            if number < 20 { keys.insert(7) }
            index.add(record(number), keys: keys)
        }
        index.add(record(count), keys: [])
        index.close()
        return index
    }

    @Test(arguments: [1, 100, 4 << 20])
    func everyKeyFindsItsRecords(chunkBytes: Int) {
        let index = Self.index(of: 300, chunkBytes: chunkBytes)
        for number in 0..<300 {
            #expect(index.records(for: [UInt64(number * 10)]) == [Self.record(number)])
            let others = index.records(for: [UInt64(number * 10 + 5)])
            #expect(others == (number % 3 == 0 ? [Self.record(number)] : []))
        }
        #expect(Set(index.records(for: [7])) == Set((0..<20).map(Self.record)))
        #expect(index.records(for: [1, 2, 3_001, .max]).isEmpty)
        #expect(index.records(for: [10, 20]).map(\.id) == [Self.record(1).id, Self.record(2).id])
    }

    @Test func whatConcernsNoKeyTakesNoRoom() {
        var index = ScanIndex(object: "Contact", fields: Self.fields)
        index.add(Self.record(1), keys: [])
        #expect(index.byteCount == 0)
        index.add(Self.record(1), keys: [4])
        #expect((1..<200).contains(index.byteCount))
    }
}

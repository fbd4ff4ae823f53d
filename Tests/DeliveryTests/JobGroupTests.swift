import Projection
import Reconciliation
import Records
import Testing

@testable import Delivery

@Suite struct JobGroupTests {
    private static func records(doubts: Int = 0) -> [UInt64: DesiredRecord] {
        [1: TestPlans.record(1, doubts: doubts)]
    }

    @Test func onlyWhatCanBeSentTwiceIsARow() {
        let records = Self.records()
        #expect(JobGroup(TestPlans.operation(.create, 1), records: records) == nil)
        let upsert = TestPlans.operation(.create, 1, upsertField: "LastName")
        #expect(
            JobGroup(upsert, records: records).map { [$0.operation.rawValue] + $0.columns }
                == ["upsert", "LastName"])
        let update = JobGroup(TestPlans.operation(.update, 1), records: records)
        #expect(update?.columns == ["Id", "LastName"])
        #expect(JobGroup(TestPlans.operation(.delete, 1), records: records)?.columns == ["Id"])
    }

    /// Refused or unanswered before: a call says more about it.
    @Test func aRecordWithAPastIsNoRow() {
        let update = TestPlans.operation(.update, 1)
        #expect(JobGroup(update, records: Self.records(doubts: 1)) == nil)
    }

    @Test(arguments: [
        ("#N/A", false), (" #n/a ", false), ("", false), ("  ", false), ("N/A", true),
        ("#N/A!", true), ("a\"b,c\nd", true), (String(repeating: "x", count: 131_073), false),
    ])
    func aTextThatACellCannotSayGoesByACall(text: String, isRow: Bool) {
        let update = TestPlans.operation(.update, 1, value: .text(text))
        #expect((JobGroup(update, records: Self.records()) != nil) == isRow)
    }

    @Test func aFieldThatIsClearedIsARow() {
        let update = TestPlans.operation(.update, 1, value: .null)
        let group = JobGroup(update, records: Self.records())
        #expect(group?.cells(update).last == .null)
    }

    @Test func rowsAreKnownByWhateverFormTheirKeyComesBackIn() throws {
        var index = RowIndex()
        let id = TestPlans.recordID(7)
        index.add(id.description, at: .init(intent: 3, index: 9))
        index.add("912260031", at: .init(intent: 3, index: 10))
        index.add("é", at: .init(intent: 3, index: 11))
        #expect(index.place(of: id.short)?.index == 9)
        #expect(index.place(of: "9.12260031E8")?.index == 10)
        // Another text to Salesforce, though equal to Swift.
        #expect(index.place(of: "e\u{301}") == nil)
        #expect(index.contains("é"))
    }
}

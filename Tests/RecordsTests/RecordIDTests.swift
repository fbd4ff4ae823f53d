import Foundation
import Records
import Testing

@Suite struct RecordIDTests {
    @Test(arguments: [
        ("0015500001QdRaY", "0015500001QdRaYAAV"), ("0031i000013x2TE", "0031i000013x2TEAAY"),
        ("000000000000000", "000000000000000AAA"),
        ("ABCDEFGHIJKLMNO", "ABCDEFGHIJKLMNO555"),
    ])
    func fifteenCharactersGetTheirChecksum(short: String, full: String) {
        #expect(RecordID(short)?.description == full)
        #expect(RecordID(full) == RecordID(short))
        #expect(RecordID(full)?.short == short)
    }

    @Test(arguments: [
        "", "0015500001QdRa", "0015500001QdRaYA", "0015500001QdRaYAAVx", "0015500001QdRaYAAA",
        "0015500001qdraYAAV", "0015500001QdRa'", "0015500001QdRaé", "../../00000000",
    ])
    func anythingElseIsNoRecordID(text: String) {
        #expect(RecordID(text) == nil)
    }

    /// What was an answer of Salesforce once stays readable: shape is checked, the checksum is not.
    @Test func aDecodedIDIsTakenByItsShape() throws {
        let good = try JSONDecoder().decode(
            [RecordID].self,
            from: Data(#"["0015500001QdRaY","0015500001QdRaYAAA"]"#.utf8))
        #expect(good.map(\.description) == ["0015500001QdRaYAAV", "0015500001QdRaYAAA"])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([RecordID].self, from: Data(#"["0015500001QdRa'"]"#.utf8))
        }
    }

    @Test func anAnsweredIDWithAStrangeChecksumIsTakenAsItIs() {
        #expect(RecordID(answered: "0015500001QdRaY")?.description == "0015500001QdRaYAAV")
        #expect(RecordID(answered: "0015500001QdRaYAAA")?.description == "0015500001QdRaYAAA")
        #expect(RecordID(answered: "0015500001QdRa' OR") == nil)
    }
}

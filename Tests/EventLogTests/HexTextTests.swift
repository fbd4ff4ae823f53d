import EventLog
import Testing

@Suite struct HexTextTests {
    @Test func everyByteIsTwoLowerCaseDigits() {
        #expect(HexText.of([0x00, 0x0A, 0x7F, 0xFF]) == "000a7fff")
        #expect(HexText.of([]) == "")
    }
}

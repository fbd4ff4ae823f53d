import Testing

@testable import SalesforceEmulator

@Suite struct RecordIdentifierTests {
    @Test(arguments: [
        ("003ak00000luKU1", "003ak00000luKU1AAM"), ("001ak00000OQTie", "001ak00000OQTieAAH"),
        ("0035500001H9kZz", "0035500001H9kZzAAJ"), ("0035500001H9ka0", "0035500001H9ka0AAB"),
    ])
    func fifteenCharactersGetTheChecksumOfRecordedIds(short: String, long: String) {
        #expect(RecordIdentifier.canonical(short) == long)
        #expect(RecordIdentifier.canonical(long) == long)
        #expect(RecordIdentifier.short(long) == short)
    }

    @Test(arguments: [
        "", "003", "003ak00000luKU1AAMX", "003ak00000luKU1AAA", "003AK00000luKU1AAM",
        "003ak00000luKU-", "003ak00000lüKU1",
    ])
    func malformedIdsAreRefused(text: String) {
        #expect(RecordIdentifier.canonical(text) == nil)
    }

    @Test func madeIdsAreWellFormedAndDistinct() {
        let ids = (1...5_000).map {
            RecordIdentifier.make(prefix: "003", instance: "ak", number: $0)
        }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { RecordIdentifier.canonical($0) == $0 })
    }
}

@Suite struct InstantTests {
    @Test(arguments: [
        ("2026-05-01T07:25:37Z", "2026-05-01T07:25:37.000+0000"),
        ("2026-05-01T07:25:37.987Z", "2026-05-01T07:25:37.987+0000"),
        ("2026-05-01T07:25:37.9Z", "2026-05-01T07:25:37.900+0000"),
        ("2026-05-01T09:25:37+02:00", "2026-05-01T07:25:37.000+0000"),
        ("2026-02-28T23:30:00-01:00", "2026-03-01T00:30:00.000+0000"),
        ("1960-02-29T00:00:00Z", "1960-02-29T00:00:00.000+0000"),
        ("1969-12-31T23:59:59.500Z", "1969-12-31T23:59:59.500+0000"),
    ])
    func dateTimesReadBackInUTC(written: String, read: String) throws {
        let time = try #require(Instant.parseDateTime(written))
        #expect(Instant.format(time) == read)
    }

    @Test(arguments: [
        "2013-08-12T15:20:00+0000", "2026-05-01", "2026-05-01 07:25:37Z", "2026-05-01T07:25:37",
        "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-05-01T24:00:00Z", "soon",
    ])
    func otherFormsAreNoDateTimes(text: String) {
        #expect(Instant.parseDateTime(text) == nil)
    }

    @Test func httpDatesReadBack() throws {
        let text = "Thu, 03 Sep 2020 21:35:07 GMT"
        #expect(Instant.formatHTTP(try #require(Instant.parseHTTP(text))) == text)
    }
}

@Suite struct StoredValueTests {
    @Test(arguments: [
        (10_000.0, "10000.0"), (1e7, "1.0E7"), (912_260_031, "9.12260031E8"), (0.5, "0.5"),
        (-12_345_678.25, "-1.234567825E7"), (0.0001, "1.0E-4"), (0, "0.0"),
        (9_999_999, "9999999.0"),
        (1.39e8, "1.39E8"), (1e20, "1.0E20"),
    ])
    func doublesShowAsRecordedAnswersShowThem(number: Double, digits: String) {
        #expect(StoredValue.digits(number) == digits)
    }

    @Test func composedAndDecomposedLettersAreDifferentValues() {
        #expect(StoredValue.text("caf\u{E9}") != StoredValue.text("cafe\u{301}"))
        #expect(FoldedText("CAF\u{C9}") == FoldedText("caf\u{E9}"))
        #expect(FoldedText("caf\u{E9}") != FoldedText("cafe\u{301}"))
    }
}

@Suite struct JSONTests {
    @Test func documentsReadBackAsWritten() throws {
        let text = #"{"a":[1,-2.50,1e3,true,null],"b":"ü\n\"\\","c":{}}"#
        let json = try JSON.parse(text)
        #expect(String(decoding: json.serialized(), as: UTF8.self) == text)
        #expect(json["a"]?[1] == .number("-2.50"))
        #expect(try JSON.parse(#""\u00e9\ud83d\ude00""#) == "é😀")
    }

    @Test(arguments: [
        "", "{", "[1,]", #"{"a" 1}"#, "01", "1.", "tru", #""\x""#, #""\ud800""#, "1 2", "\"\n\"",
    ])
    func brokenDocumentsAreRefused(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSON.parse(text) }
    }

    @Test func deepNestingIsRefused() {
        let text = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(throws: JSONSyntaxError.self) { try JSON.parse(text) }
    }
}

@Suite struct GunzipTests {
    @Test func storedBlocksUnpack() {
        let text = Array("hello".utf8)
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        let block: [UInt8] = [1, 5, 0, 0xFA, 0xFF] + text
        let bytes = header + block + [UInt8](repeating: 0, count: 8)
        #expect(Gunzip.unpack(bytes, bytesMax: 100) == text)
        #expect(Gunzip.unpack(bytes, bytesMax: 4) == nil)
    }

    @Test(arguments: packedSamples)
    func compressedBlocksUnpack(sample: PackedSample) {
        #expect(Gunzip.unpack(sample.packed, bytesMax: 1 << 20) == sample.text)
    }

    @Test(arguments: packedSamples)
    func truncatedDataIsRefused(sample: PackedSample) {
        let cut = Array(sample.packed.prefix(sample.packed.count / 2))
        #expect(Gunzip.unpack(cut, bytesMax: 1 << 20) == nil)
    }
}

/// A text and what `gzip -n9` makes of it: one block with fixed, one with dynamic codes.
struct PackedSample: Sendable {
    let text: [UInt8]
    let packed: [UInt8]
}

private let packedSamples = [
    PackedSample(
        text: Array(#"aaaaaaaaaa hello hello hello {"LastName":"Smith"}"#.utf8),
        packed: [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 76, 132, 1, 133, 140, 212, 156, 156, 124, 20, 178,
            90, 201, 39, 177, 184, 196, 47, 49, 55, 85, 201, 74, 41, 56, 55, 179, 36, 67, 169, 22,
            0,
            187, 91, 36, 213, 49, 0, 0, 0,
        ]),
    PackedSample(
        text: (0..<40).flatMap { index in
            Array(
                #"{"Email":"person\#(index)@example.com","LastName":"Person \#(index * 7 % 13)"},"#
                    .utf8)
        },
        packed: [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 157, 212, 187, 10, 194, 64, 16, 133, 225, 87, 145, 173,
            131, 236, 204, 236, 213, 202, 198, 78, 196, 87, 8, 146, 66, 200, 154, 96, 44, 132, 224,
            187, 43, 150, 50, 48, 114, 250, 249, 89, 56, 124, 236, 234, 14, 173, 191, 142, 110, 231,
            230, 225, 190, 76, 55, 191, 31, 158, 125, 155, 199, 97, 123, 153, 154, 235, 220, 177,
            95,
            30, 167, 190, 13, 159, 131, 243, 247, 96, 227, 221, 171, 91, 127, 42, 50, 171, 172, 84,
            108, 86, 164, 84, 98, 86, 69, 169, 130, 89, 177, 82, 69, 179, 170, 74, 149, 204, 74,
            148,
            42, 219, 107, 104, 211, 23, 51, 11, 74, 85, 237, 199, 180, 237, 201, 230, 17, 181, 204,
            246, 65, 218, 252, 100, 11, 73, 90, 38, 24, 226, 0, 41, 166, 8, 49, 166, 4, 57, 166, 12,
            65, 166, 2, 73, 166, 10, 81, 102, 143, 89, 102, 130, 48, 51, 99, 154, 89, 32, 205, 28,
            48, 205, 28, 33, 205, 156, 32, 205, 156, 177, 63, 185, 64, 154, 185, 66, 154, 197, 67,
            154, 133, 32, 205, 194, 144, 102, 17, 76, 179, 4, 72, 179, 68, 76, 179, 36, 72, 179,
            100,
            76, 179, 20, 72, 179, 212, 191, 52, 191, 1, 101, 97, 68, 33, 151, 8, 0, 0,
        ]),
]

import Foundation
import Records
import TestSupport
import Testing

@Suite struct CalendarTimeTests {
    static let datetimes: [(String, String?)] = [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02t03:04:05z", "2026-01-02T03:04:05Z"),
        ("2026-01-02 03:04:05", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04Z", "2026-01-02T03:04:00Z"),
        ("2026-01-02T03:04:05.999Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05,123456789Z", "2026-01-02T03:04:05Z"),
        ("2026-05-01T07:25:37.000+0000", "2026-05-01T07:25:37Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
        ("2026-12-31T23:30:00-0130", "2027-01-01T01:00:00Z"),
        ("2026-01-01T00:00:00+05", "2025-12-31T19:00:00Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z"), (" 2026-01-02 ", "2026-01-02T00:00:00Z"),
        ("2023-02-29", nil), ("1900-02-29", nil), ("2000-02-30", nil), ("2026-13-01", nil),
        ("2026-00-01", nil), ("2026-01-00", nil), ("2026-1-2", nil), ("26-01-02", nil),
        ("2026-01-02T24:00:00Z", nil), ("2026-01-02T23:60:00Z", nil),
        ("2026-01-02T23:59:60Z", nil), ("2026-01-02T03:04:05.Z", nil),
        ("2026-01-02T03:04:05+25:00", nil), ("2026-01-02T03:04:05+1", nil),
        ("2026-01-02T03:04:05Zx", nil), ("2026-01-02T", nil), ("2026-01-02T03", nil),
        ("20260102T030405Z", nil), ("1767323045", nil), ("2 January 2026", nil),
        ("1699-12-31", nil), ("4001-01-01", nil), ("٢٠٢٦-01-02", nil),
    ]

    @Test(arguments: datetimes)
    func aDatetimeIsSentInUTCToTheSecond(written: String, expected: String?) {
        #expect(sent(Field.datetime, .text(written))?.text == expected)
    }

    @Test(
        arguments: [
            ("2026-01-02", "2026-01-02"), ("2026-01-02T23:30:00-08:00", "2026-01-03"),
            ("2026-01-02T00:00:00Z", "2026-01-02"), ("2026-01-02T00:30:00+01:00", "2026-01-01"),
            ("1700-01-01", "1700-01-01"), ("4000-12-31", "4000-12-31"), ("01/02/2026", nil),
        ] as [(String, String?)])
    func aDatetimeGivenToADateIsCutToItsDayInUTC(written: String, expected: String?) {
        #expect(sent(Field.date, .text(written))?.text == expected)
    }

    @Test(
        arguments: [
            ("03:04:05", "03:04:05.000Z"), ("03:04", "03:04:00.000Z"),
            ("03:04:05.678Z", "03:04:05.678Z"), ("03:04:05.6+00:00", "03:04:05.600Z"),
            ("03:04:05+01:00", nil), ("24:00", nil), ("3:04", nil), ("2026-01-02T03:04:05Z", nil),
        ] as [(String, String?)])
    func aTimeKeepsItsMilliseconds(written: String, expected: String?) {
        #expect(sent(Field.time, .text(written))?.text == expected)
    }

    @Test func aNumberIsNoDate() {
        #expect(sent(Field.date, number("20260102")) == nil)
        #expect(sent(Field.datetime, .list([])) == nil)
    }

    @Test func movingBetweenZonesAgreesWithFoundationsCalendar() throws {
        // An independent witness, over the centuries in which its calendar and ours are one.
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var random = SeededGenerator(seed: 20)
        for _ in 0..<2000 {
            // 1755 to 3999.
            let seconds = random.below(70_800_000_000) - 6_760_000_000
            let offset = random.below(2 * 14 * 60) - 14 * 60
            let local = Self.text(seconds + offset * 60, calendar).dropLast()
            let zone = String(
                format: "%@%02d:%02d", offset < 0 ? "-" : "+", abs(offset) / 60, abs(offset) % 60)
            #expect(
                sent(Field.datetime, .text(local + zone)) == .text(Self.text(seconds, calendar)),
                "\(local)\(zone)")
        }
    }

    private static func text(_ seconds: Int, _ calendar: Calendar) -> String {
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second],
            from: Date(timeIntervalSince1970: Double(seconds)))
        return String(
            format: "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.year ?? 0, parts.month ?? 0,
            parts.day ?? 0, parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
    }
}

import Events
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01", 0),
        ("1970-01-01T00:00:00Z", 0),
        ("2026-01-02T03:04:05.678Z", 1_767_323_045_678),
        ("2026-01-02T03:04:05Z", 1_767_323_045_000),
        ("2026-01-02T03:04Z", 1_767_323_040_000),
        ("2026-01-02t03:04:05z", 1_767_323_045_000),
        ("2026-01-02 03:04:05", 1_767_323_045_000),
        ("2026-01-02T03:04:05.6Z", 1_767_323_045_600),
        ("2026-01-02T03:04:05.678901+00:00", 1_767_323_045_678),
        ("2026-01-02T03:04:05.678999999Z", 1_767_323_045_678),
        ("2026-01-02T04:04:05+01:00", 1_767_323_045_000),
        ("2026-01-02T04:04:05+0100", 1_767_323_045_000),
        ("2026-01-02T04:04:05+01", 1_767_323_045_000),
        ("2026-01-01T21:34:05-05:30", 1_767_323_045_000),
        ("2024-02-29", 1_709_164_800_000),
        ("2000-02-29", 951_782_400_000),
        ("1969-12-31T23:59:59.999Z", -1),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func formOfAClientLibraryIsRead(text: String, milliseconds: Int64) {
        #expect(Timestamp.parse(text) == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-1-2", "2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01",
        "2026-00-01",
        "2026-01-00", "2026-01-32", "0000-01-01", "2026-01-02T", "2026-01-02T24:00:00Z",
        "2026-01-02T03:60:00Z", "2026-01-02T03:04:60Z", "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05.1234567890Z", "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+01:60",
        "2026-01-02T03:04:05 Z", "2026-01-02T03:04:05Z ", " 2026-01-02", "2026-01-02T03:04:05+1",
        "20260102T030405Z", "1767323045", "Fri, 02 Jan 2026", "２026-01-02",
    ])
    func impossibleOrForeignTimeIsRefused(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }

    @Test func formattedTimeReadsBackAsTheSameMillisecond() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
            let time = Int64.random(in: range, using: &generator)
            let text = Timestamp.format(time)
            #expect(Timestamp.parse(text) == time, "\(time) became \(text)")
        }
    }

    @Test func everyDayOfFourCenturiesFollowsTheOneBefore() {
        var previous = Timestamp.parse("1999-12-31") ?? 0
        for day in 1...146_097 {
            let time = previous + 86_400_000
            let text = Timestamp.format(time).prefix(10)
            if Timestamp.parse(text) != time {
                Issue.record("day \(day) is \(text)")
                return
            }
            previous = time
        }
        #expect(Timestamp.format(previous) == "2399-12-31T00:00:00.000Z")
    }
}

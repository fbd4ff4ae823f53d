/// Points in time as text: RFC 3339, and the forms of ISO 8601 that client libraries send.
package enum Timestamp {
    /// Reads `2026-01-02`, `2026-01-02T03:04`, `2026-01-02T03:04:05.678901234+01:00` and the like.
    ///
    /// Accepted: `T`, `t` or a space between date and time; a fraction of one to nine digits (cut
    /// off after the millisecond, towards the past); `Z`, `z`, `±hh:mm`, `±hhmm` or `±hh`. Without
    /// a zone it is UTC. Refused: dates that do not exist, hour 24, second 60, years before 1.
    ///
    /// - Returns: milliseconds since 1970-01-01T00:00:00Z.
    package static func parse(_ text: some StringProtocol) -> Int64? {
        let parsed = text.utf8.withContiguousStorageIfAvailable {
            parse(UnsafeRawBufferPointer($0))
        }
        if let parsed { return parsed }
        return Array(text.utf8).withUnsafeBytes { parse($0) }
    }

    /// Reads the same forms from the text's bytes.
    package static func parse(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        var fields = TimestampFields(bytes)
        guard let year = fields.number(digits: 4), fields.take(ASCII.minus),
            let month = fields.number(digits: 2), fields.take(ASCII.minus),
            let day = fields.number(digits: 2), year >= 1, (1...12).contains(month), day >= 1,
            day <= dayCount(month: month, year: year)
        else { return nil }
        let days = daysSince1970(year: year, month: month, day: day)
        guard !fields.isAtEnd else { return days * millisecondsPerDay }
        guard fields.takeSeparator(), let clock = fields.clock(), let zone = fields.zone(),
            fields.isAtEnd
        else { return nil }
        return days * millisecondsPerDay + clock - zone
    }

    /// Writes `2026-01-02T03:04:05.678Z`, always with milliseconds.
    package static func format(_ time: Int64) -> String {
        let days = time.floorQuotient(by: millisecondsPerDay)
        let rest = time - days * millisecondsPerDay
        let (year, month, day) = date(daysSince1970: days)
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60]
        let date = [padded(year, 4), padded(month, 2), padded(day, 2)].joined(separator: "-")
        let hours = clock.map { padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(hours).\(padded(rest % 1_000, 3))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number.magnitude)
        let sign = number < 0 ? "-" : ""
        return sign + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static let millisecondsPerDay: Int64 = 86_400_000

    private static func dayCount(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    // The Gregorian calendar in 400-year cycles that start on 1 March, so that the leap day is the
    // last day of a year (H. Hinnant, "chrono-compatible low-level date algorithms").

    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let cycle = shifted.floorQuotient(by: 400)
        let yearOfCycle = shifted - cycle * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
        return cycle * 146_097 + dayOfCycle - 719_468
    }

    private static func date(daysSince1970 days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let cycle = shifted.floorQuotient(by: 146_097)
        let dayOfCycle = shifted - cycle * 146_097
        let yearOfCycle =
            (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Int64 {
    /// Division that rounds towards the past, also before 1970.
    fileprivate func floorQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

/// Dates and times as the REST API writes and reads them, in milliseconds since 1970 UTC.
///
/// Source: REST API Developer Guide, "Valid Date and DateTime Formats".
enum Instant {
    /// Reads `yyyy-MM-ddTHH:mm:ss[.SSS](Z|±hh:mm)`.
    ///
    /// `+0000` without the colon is refused as Salesforce refuses it (recorded:
    /// `2013-08-12T15:20:00+0000` answered `JSON_PARSER_ERROR`), although reads use that very form.
    static func parseDateTime(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T"), let day = day(bytes[0..<10]),
            let hour = number(bytes[11..<13]), bytes[13] == UInt8(ascii: ":"),
            let minute = number(bytes[14..<16]), bytes[16] == UInt8(ascii: ":"),
            let second = number(bytes[17..<19]), hour < 24, minute < 60, second < 60
        else { return nil }
        var index = 19
        var milliseconds: Int64 = 0
        if bytes[index] == UInt8(ascii: ".") {
            let start = index + 1
            index = start
            while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
            guard index > start, index < bytes.count else { return nil }
            let padded = Array(bytes[start..<index].prefix(3)) + [0x30, 0x30]
            milliseconds = number(padded[0..<3]) ?? 0
        }
        guard let zone = zoneMinutes(bytes[index...]) else { return nil }
        let seconds = day * 86_400 + hour * 3_600 + minute * 60 + second - zone * 60
        return seconds * 1_000 + milliseconds
    }

    /// Reads `yyyy-MM-dd` and returns the days since 1970-01-01.
    static func parseDay(_ text: String) -> Int64? { day(Array(text.utf8)[...]) }

    /// Reads `HH:mm:ss[.SSS]Z` and returns it as answers show it, `HH:mm:ss.SSSZ` (REST API
    /// Developer Guide, "Primitive Data Types").
    static func parseTime(_ text: String) -> String? {
        guard let time = parseDateTime("1970-01-01T" + text), time >= 0, time < 86_400_000 else {
            return nil
        }
        return format(time).dropFirst(11).dropLast("+0000".count) + "Z"
    }

    static func year(_ days: Int64) -> Int64 { civil(days).0 }

    static func year(ofTime milliseconds: Int64) -> Int64 {
        year(floorDivide(milliseconds, 86_400_000))
    }

    /// `2026-05-01T07:25:37.000+0000`: the only form in which recorded answers show datetimes.
    static func format(_ milliseconds: Int64) -> String {
        let seconds = floorDivide(milliseconds, 1_000)
        let inDay = seconds - floorDivide(seconds, 86_400) * 86_400
        let fraction = milliseconds - seconds * 1_000
        return formatDay(floorDivide(seconds, 86_400)) + "T" + two(inDay / 3_600) + ":"
            + two(inDay / 60 % 60) + ":" + two(inDay % 60) + "."
            + String(1_000 + fraction).dropFirst() + "+0000"
    }

    static func formatDay(_ days: Int64) -> String {
        let (year, month, day) = civil(days)
        return String(String(10_000 + year).dropFirst()) + "-" + two(month) + "-" + two(day)
    }

    /// `Thu, 03 Sep 2020 21:35:07 GMT`, as `Last-Modified` carries it (RFC 9110, IMF-fixdate).
    static func formatHTTP(_ milliseconds: Int64) -> String {
        let seconds = floorDivide(milliseconds, 1_000)
        let days = floorDivide(seconds, 86_400)
        let (year, month, day) = civil(days)
        let inDay = seconds - days * 86_400
        let weekday = weekdays[Int((days % 7 + 11) % 7)]
        return "\(weekday), \(two(day)) \(months[Int(month) - 1]) \(year) "
            + "\(two(inDay / 3_600)):\(two(inDay / 60 % 60)):\(two(inDay % 60)) GMT"
    }

    /// Reads an IMF-fixdate; nil for anything else.
    static func parseHTTP(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]),
            let month = months.firstIndex(of: String(parts[2])), let year = Int64(parts[3])
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3 else { return nil }
        let days = daysSinceEpoch(year: year, month: Int64(month) + 1, day: day)
        return (days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]) * 1_000
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func two(_ value: Int64) -> String { String(String(100 + value).dropFirst()) }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    private static func day(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
            let day = number(bytes[8..<10]), (1...12).contains(month), day >= 1
        else { return nil }
        let days = daysSinceEpoch(year: year, month: month, day: day)
        // 31 April would roll into May: a date that does not read back as written does not exist.
        return civil(days) == (year, month, day) ? days : nil
    }

    private static func zoneMinutes(_ bytes: ArraySlice<UInt8>) -> Int64? {
        if bytes.elementsEqual("Z".utf8) { return 0 }
        let zone = Array(bytes)
        guard zone.count == 6, zone[3] == UInt8(ascii: ":"), let hours = number(zone[1..<3]),
            let minutes = number(zone[4..<6]), hours < 24, minutes < 60
        else { return nil }
        switch zone[0] {
        case UInt8(ascii: "+"): return hours * 60 + minutes
        case UInt8(ascii: "-"): return -(hours * 60 + minutes)
        default: return nil
        }
    }

    /// Proleptic Gregorian day number (Howard Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms"): March-based years make leap days fall at the end.
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

/// Strict reading and writing of ISO 8601 dates and times, in the proleptic Gregorian calendar.
///
/// Written for the few forms that events carry and Salesforce answers, without a calendar library:
/// this runs for every mapped date of every event, and must give the same bytes everywhere.
enum CalendarTime: Equatable {
    /// A date alone: days since 1970-01-01.
    case day(Int)
    /// A date and time: whole seconds since 1970-01-01T00:00:00Z.
    case second(Int)

    static let secondsPerDay = 86_400

    /// Reads `yyyy-MM-dd`, or that with `T` (or a space) and `HH:mm[:ss[.fraction]]` and an
    /// optional zone `Z`, `±HH:mm`, `±HHmm` or `±HH`. Without a zone the time is UTC. Fractions are
    /// dropped.
    ///
    /// - Returns: `nil` for anything else, including the 30th of February, hour 24 and second 60.
    init?(_ text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(digits: 4), scanner.take("-"),
            let month = scanner.number(digits: 2), scanner.take("-"),
            let day = scanner.number(digits: 2),
            let days = Self.days(year: year, month: month, day: day)
        else { return nil }
        if scanner.isAtEnd {
            self = .day(days)
            return
        }
        guard scanner.take("T") || scanner.take("t") || scanner.take(" "),
            let time = TimeOfDay(&scanner), let offset = scanner.zoneOffset(), scanner.isAtEnd
        else { return nil }
        self = .second(days * Self.secondsPerDay + time.milliseconds / 1000 - offset)
    }

    /// The calendar day in UTC.
    var days: Int {
        switch self {
        case .day(let days): days
        case .second(let seconds): Self.floorDivide(seconds, Self.secondsPerDay)
        }
    }

    /// Seconds since 1970; a day alone begins at midnight UTC.
    var seconds: Int {
        switch self {
        case .day(let days): days * Self.secondsPerDay
        case .second(let seconds): seconds
        }
    }

    /// The year in UTC.
    var year: Int { Self.civil(days: days).year }

    /// `yyyy-MM-dd`, in UTC.
    var dateText: String {
        let (year, month, day) = Self.civil(days: days)
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    }

    /// `yyyy-MM-ddTHH:mm:ssZ`: the one form that every Salesforce API accepts.
    var dateTimeText: String {
        let second = seconds - days * Self.secondsPerDay
        let clock = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }
        return "\(dateText)T\(clock.joined(separator: ":"))Z"
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }

    /// Days since 1970-01-01, counted in years that begin in March so that the leap day comes last.
    private static func days(year: Int, month: Int, day: Int) -> Int? {
        guard (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year: year) else {
            return nil
        }
        let shifted = month > 2 ? year : year - 1
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse of `days(year:month:day:)`.
    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A time of day, to the millisecond: the value of Salesforce's `time` fields.
struct TimeOfDay: Equatable {
    /// Milliseconds since midnight.
    let milliseconds: Int

    /// Reads `HH:mm[:ss[.fraction]]` with an optional `Z` or zero offset. Other offsets are
    /// refused: a time without a date cannot be moved to UTC.
    init?(_ text: String) {
        var scanner = DigitScanner(text)
        guard let time = TimeOfDay(&scanner), scanner.zoneOffset() == 0, scanner.isAtEnd else {
            return nil
        }
        self = time
    }

    /// Reads `HH:mm[:ss[.fraction]]`; digits beyond milliseconds are dropped.
    init?(_ scanner: inout DigitScanner) {
        guard let hour = scanner.number(digits: 2), hour < 24, scanner.take(":"),
            let minute = scanner.number(digits: 2), minute < 60
        else { return nil }
        var second = 0
        var millisecond = 0
        if scanner.take(":") {
            guard let written = scanner.number(digits: 2), written < 60 else { return nil }
            second = written
            if scanner.take(".") || scanner.take(",") {
                guard let fraction = scanner.milliseconds() else { return nil }
                millisecond = fraction
            }
        }
        milliseconds = ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
    }

    /// `HH:mm:ss.SSSZ`, as Salesforce writes it.
    var text: String {
        let second = milliseconds / 1000
        let clock = [second / 3600, second / 60 % 60, second % 60]
            .map { CalendarTime.padded($0, 2) }
        return "\(clock.joined(separator: ":")).\(CalendarTime.padded(milliseconds % 1000, 3))Z"
    }
}

/// Reads ASCII digits and separators from the front of a text.
struct DigitScanner {
    private var bytes: Substring.UTF8View

    init(_ text: String) { bytes = text[...].utf8 }

    var isAtEnd: Bool { bytes.isEmpty }

    /// Exactly this many digits.
    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = takeDigit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// One or more digits of a fraction of a second, cut to milliseconds.
    mutating func milliseconds() -> Int? {
        var value = 0
        var count = 0
        while let digit = takeDigit() {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in 0..<max(0, 3 - count) { value *= 10 }
        return value
    }

    /// The zone's seconds east of UTC; zero at the end of the text.
    mutating func zoneOffset() -> Int? {
        if isAtEnd || take("Z") || take("z") { return 0 }
        let isWest = take("-")
        guard isWest || take("+"), let hours = number(digits: 2), hours < 24 else { return nil }
        var minutes = 0
        if take(":") || !isAtEnd {
            guard let written = number(digits: 2), written < 60 else { return nil }
            minutes = written
        }
        return (hours * 60 + minutes) * (isWest ? -60 : 60)
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = bytes.first, UInt32(first) == character.value else { return false }
        bytes.removeFirst()
        return true
    }

    private mutating func takeDigit() -> Int? {
        guard let byte = bytes.first, (0x30...0x39).contains(byte) else { return nil }
        bytes.removeFirst()
        return Int(byte) - 0x30
    }
}

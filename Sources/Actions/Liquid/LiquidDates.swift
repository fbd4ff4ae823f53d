import Events
import Records

/// Filters over dates, in UTC. Texts are read as RFC 3339 and ISO 8601, numbers as seconds since
/// 1970; anything else is put out as it is, as LiquidJS does.
enum LiquidDates {
    /// `nil` for a filter of another kind.
    static func result(
        _ filter: LiquidFilter, _ value: FieldValue, _ arguments: [FieldValue]
    ) -> FieldValue? {
        let format: String
        switch filter {
        case .date: format = arguments.first?.liquidText ?? "%A, %B %-e, %Y at %-l:%M %P %z"
        case .dateToLongString: format = "%d %B %Y"
        case .dateToRFC822: format = "%a, %d %b %Y %H:%M:%S %z"
        case .dateToString: format = "%d %b %Y"
        case .dateToXMLSchema: format = "%Y-%m-%dT%H:%M:%S+00:00"
        default: return nil
        }
        guard let time = milliseconds(value) else { return value }
        return .text(LiquidDate(time).formatted(format))
    }

    private static func milliseconds(_ value: FieldValue) -> Int64? {
        if case .text(let text) = value, let time = Timestamp.parse(text) { return time }
        guard let seconds = value.liquidNumber, seconds.integerDigitCount <= 12 else { return nil }
        let milliseconds = seconds.multiplied(by: DecimalNumber(1_000))?.roundedTowardsZero?.integer
        return milliseconds.map { Int64($0) }
    }
}

/// A point in time, taken apart for writing, in UTC.
private struct LiquidDate {
    private let milliseconds: Int64
    private let year, month, day, hour, minute, second, fraction: Int
    /// 0 is Sunday.
    private let weekday: Int
    /// From 1.
    private let dayOfYear: Int

    init(_ milliseconds: Int64) {
        self.milliseconds = milliseconds
        // The one writer of times there is: `2026-01-02T03:04:05.678Z`.
        let text = Timestamp.format(milliseconds)
        let numbers = text.split { !$0.isNumber }.map { Int($0) ?? 0 }
        (year, month, day) = (numbers[0], numbers[1], numbers[2])
        (hour, minute, second, fraction) = (numbers[3], numbers[4], numbers[5], numbers[6])
        let secondsPerDay: Int64 = 86_400
        let days = Int((milliseconds - Int64(fraction)) / 1_000 / secondsPerDay)
        weekday = (days % 7 + 11) % 7
        let newYear = Timestamp.parse(text.prefix(4) + "-01-01") ?? milliseconds
        dayOfYear = Int((milliseconds - newYear) / 1_000 / secondsPerDay) + 1
    }

    private static let days = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    /// The notation of `strftime`, with the flags `-`, `_`, `0` and `^`. What is no part of it
    /// stays as it is written.
    func formatted(_ format: String) -> String {
        var result = ""
        var rest = format[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                result.append(character)
                continue
            }
            var flags = ""
            while let flag = rest.first, "-_0^".contains(flag) {
                flags.append(flag)
                rest.removeFirst()
            }
            guard let letter = rest.popFirst() else { return result + "%" + flags }
            if let part = number(letter) {
                result += padded(part, flags)
            } else if let part = word(letter) {
                result += flags.contains("^") ? part.uppercased() : part
            } else {
                result += "%\(flags)\(letter)"
            }
        }
        return result
    }

    private struct Part {
        let value: Int
        let width: Int
        var pad: Character = "0"
    }

    private func padded(_ part: Part, _ flags: String) -> String {
        let digits = String(part.value)
        if flags.contains("-") { return digits }
        let pad: Character = flags.contains("_") ? " " : flags.contains("0") ? "0" : part.pad
        return String(repeating: pad, count: max(0, part.width - digits.count)) + digits
    }

    private func number(_ letter: Character) -> Part? {
        let twelve = hour % 12 == 0 ? 12 : hour % 12
        switch letter {
        case "C": return Part(value: year / 100, width: 2)
        case "d": return Part(value: day, width: 2)
        case "e": return Part(value: day, width: 2, pad: " ")
        case "H": return Part(value: hour, width: 2)
        case "I": return Part(value: twelve, width: 2)
        case "j": return Part(value: dayOfYear, width: 3)
        case "k": return Part(value: hour, width: 2, pad: " ")
        case "l": return Part(value: twelve, width: 2, pad: " ")
        case "L": return Part(value: fraction, width: 3)
        case "m": return Part(value: month, width: 2)
        case "M": return Part(value: minute, width: 2)
        case "s": return Part(value: Int(milliseconds / 1_000), width: 1)
        case "S": return Part(value: second, width: 2)
        case "u": return Part(value: weekday == 0 ? 7 : weekday, width: 1)
        case "U": return Part(value: (dayOfYear + 6 - weekday) / 7, width: 2)
        case "w": return Part(value: weekday, width: 1)
        case "W": return Part(value: (dayOfYear + 6 - (weekday + 6) % 7) / 7, width: 2)
        case "y": return Part(value: year % 100, width: 2)
        case "Y": return Part(value: year, width: 4)
        default: return nil
        }
    }

    private func word(_ letter: Character) -> String? {
        switch letter {
        case "a": String(Self.days[weekday].prefix(3))
        case "A": Self.days[weekday]
        case "b", "h": String(Self.months[month - 1].prefix(3))
        case "B": Self.months[month - 1]
        case "c": formatted("%a %b %e %H:%M:%S %Y")
        case "D", "x": formatted("%m/%d/%y")
        case "F": formatted("%Y-%m-%d")
        case "n": "\n"
        case "p": hour < 12 ? "AM" : "PM"
        case "P": hour < 12 ? "am" : "pm"
        case "r": formatted("%I:%M:%S %p")
        case "R": formatted("%H:%M")
        case "t": "\t"
        case "T", "X": formatted("%H:%M:%S")
        case "z": "+0000"
        case "Z": "UTC"
        case "%": "%"
        default: nil
        }
    }
}

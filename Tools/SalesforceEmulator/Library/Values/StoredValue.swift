/// One field value as the org keeps it; null is the absence of a value.
enum StoredValue: Sendable, Equatable {
    case text(String)
    case number(Double)
    case bool(Bool)
    /// Days since 1970-01-01.
    case date(Int64)
    /// Milliseconds since 1970 UTC; whole seconds once stored.
    case dateTime(Int64)

    /// Equality by code point: replacing "é" by its decomposed spelling is a change.
    static func == (left: StoredValue, right: StoredValue) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.number(let left), .number(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.date(let left), .date(let right)): left == right
        case (.dateTime(let left), .dateTime(let right)): left == right
        default: false
        }
    }

    /// The value as answers show it.
    func json(as type: FieldType) -> JSON {
        switch self {
        case .text(let text): .string(text)
        case .bool(let value): .bool(value)
        case .date(let days): .string(Instant.formatDay(days))
        case .dateTime(let milliseconds): .string(Instant.format(milliseconds))
        case .number(let value): .number(type == .int ? String(Int(value)) : Self.digits(value))
        }
    }

    /// Digits as recorded answers show doubles: `50000.0`, `1.0E7`, `9.12260031E8`.
    ///
    /// That is the form of Java's `Double.toString`: plain from 10⁻³ up to 10⁷, scientific outside.
    static func digits(_ value: Double) -> String {
        let magnitude = value.magnitude
        if magnitude == 0 || (magnitude >= 1e-3 && magnitude < 1e7) { return "\(value)" }
        let (digits, exponent) = decimal(magnitude)
        let fraction = digits.dropFirst()
        return (value < 0 ? "-" : "") + digits.prefix(1) + "."
            + (fraction.isEmpty ? "0" : fraction) + "E" + String(exponent)
    }

    /// Shortest significant digits, and the power of ten of the first of them.
    private static func decimal(_ magnitude: Double) -> (digits: String, exponent: Int) {
        let parts = "\(magnitude)".split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(mantissa[0])
        let all = whole + (mantissa.count > 1 ? String(mantissa[1]) : "")
        let zeros = all.prefix { $0 == "0" }.count
        let written = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        var digits = String(all.dropFirst(zeros))
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        return (digits, written + whole.count - 1 - zeros)
    }
}

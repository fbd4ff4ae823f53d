import Records

/// Filters over numbers. Texts that say a number are taken as one; without one the result is null.
enum LiquidNumbers {
    /// `nil` for a filter of another kind.
    static func result(
        _ filter: LiquidFilter, _ value: FieldValue, _ arguments: [FieldValue]
    ) -> FieldValue? {
        switch filter {
        case .abs, .ceil, .floor, .round, .toInteger:
            guard let number = value.liquidNumber else { return .null }
            return of(one(filter, number, places: arguments.first))
        case .atLeast, .atMost, .dividedBy, .minus, .modulo, .plus, .times:
            guard let left = value.liquidNumber, let right = arguments[0].liquidNumber else {
                return .null
            }
            return of(two(filter, left, right))
        default: return nil
        }
    }

    private static func one(
        _ filter: LiquidFilter, _ number: DecimalNumber, places: FieldValue?
    ) -> DecimalNumber? {
        guard let whole = number.roundedTowardsZero else { return nil }
        switch filter {
        case .abs: return number < DecimalNumber(0) ? number.negated : number
        case .floor: return number < whole ? whole.adding(DecimalNumber(-1)) : whole
        case .ceil: return whole < number ? whole.adding(DecimalNumber(1)) : whole
        case .round:
            guard let places else { return number.rounded(toScale: 0) }
            let scale = places.liquidNumber?.integer ?? 0
            return number.rounded(toScale: min(max(scale, 0), placesMax))
        default: return whole
        }
    }

    private static func two(
        _ filter: LiquidFilter, _ left: DecimalNumber, _ right: DecimalNumber
    ) -> DecimalNumber? {
        switch filter {
        case .atLeast: max(left, right)
        case .atMost: min(left, right)
        case .plus: left.adding(right)
        case .minus: right.negated.flatMap { left.adding($0) }
        case .times: left.multiplied(by: right)
        case .dividedBy: left.divided(by: right, places: placesMax)
        default: left.remainder(dividingBy: right)
        }
    }

    static func of(_ number: DecimalNumber?) -> FieldValue {
        number.map(FieldValue.number) ?? .null
    }

    /// Digits that a quotient has behind the point.
    static let placesMax = 15
}

/// Arithmetic on numbers of up to 38 digits; `nil` beyond, and for a division by zero.
extension DecimalNumber {
    /// The number as a whole count of `10^-scale`.
    private func units(scale: Int) -> Int128? {
        guard scale <= 38, significantDigitCount + max(0, scale - self.scale) <= 38,
            integerDigitCount + scale <= 38
        else { return nil }
        var text = description
        guard !text.contains("E") else { return nil }
        if let point = text.firstIndex(of: ".") { text.remove(at: point) }
        return Int128(text + String(repeating: "0", count: scale - self.scale))
    }

    private init?(units: Int128, scale: Int) { self.init("\(units)E-\(scale)") }

    var negated: DecimalNumber? { DecimalNumber(0).combined(with: self) { $0 &- $1 } }

    var roundedTowardsZero: DecimalNumber? {
        guard let units = units(scale: scale) else { return nil }
        return DecimalNumber(units: units / Self.power(scale), scale: 0)
    }

    func adding(_ other: DecimalNumber) -> DecimalNumber? {
        combined(with: other) {
            let (sum, overflows) = $0.addingReportingOverflow($1)
            return overflows ? nil : sum
        }
    }

    func multiplied(by other: DecimalNumber) -> DecimalNumber? {
        guard let left = units(scale: scale), let right = other.units(scale: other.scale) else {
            return nil
        }
        let (product, overflows) = left.multipliedReportingOverflow(by: right)
        return overflows ? nil : DecimalNumber(units: product, scale: scale + other.scale)
    }

    /// Rounded half away from zero behind `places` digits.
    func divided(by other: DecimalNumber, places: Int) -> DecimalNumber? {
        let scale = max(scale, other.scale)
        guard !other.isZero, let divisor = other.units(scale: scale),
            let dividend = units(scale: scale)
        else { return nil }
        // One digit more than asked for decides the rounding.
        let (scaled, overflows) = dividend.multipliedReportingOverflow(by: Self.power(places + 1))
        guard !overflows else { return nil }
        return DecimalNumber(units: scaled / divisor, scale: places + 1)?.rounded(toScale: places)
    }

    /// With the sign of the dividend.
    func remainder(dividingBy other: DecimalNumber) -> DecimalNumber? {
        guard !other.isZero else { return nil }
        return combined(with: other) { $0 % $1 }
    }

    private func combined(
        with other: DecimalNumber, _ operation: (Int128, Int128) -> Int128?
    ) -> DecimalNumber? {
        let scale = max(scale, other.scale)
        guard let left = units(scale: scale), let right = other.units(scale: scale),
            let units = operation(left, right)
        else { return nil }
        return DecimalNumber(units: units, scale: scale)
    }

    private static func power(_ exponent: Int) -> Int128 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}

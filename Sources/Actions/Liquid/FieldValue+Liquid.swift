import Records

/// Values as Liquid sees them.
extension FieldValue {
    /// Everything but null and false.
    var isLiquidTrue: Bool {
        switch self {
        case .null, .boolean(false): false
        default: true
        }
    }

    /// The value as output: nothing for null, the elements of a list one behind the other. An
    /// object is written as JSON; Liquid's own `[object Object]` says nothing.
    var liquidText: String {
        switch self {
        case .null: ""
        case .text(let text): text
        case .list(let items): items.map(\.liquidText).joined()
        case .boolean, .number, .object: json
        }
    }

    func isVacant(_ vacancy: LiquidVacancy) -> Bool {
        switch self {
        case .text(let text):
            text.isEmpty || vacancy == .blank && text.allSatisfy(\.isWhitespace)
        case .list(let items): items.isEmpty
        case .object(let members): members.isEmpty
        case .null, .boolean(false): vacancy == .blank
        case .boolean, .number: false
        }
    }

    func liquidContains(_ part: FieldValue) -> Bool {
        switch self {
        case .list(let items): items.contains(part)
        case .text(let text): !part.isNull && text.contains(part.liquidText)
        default: false
        }
    }

    /// `size`, `first` and `last`, which every list and text has.
    func liquidProperty(_ name: String) -> FieldValue? {
        switch (name, self) {
        case ("size", .list(let items)): .number(DecimalNumber(items.count))
        case ("size", .text(let text)): .number(DecimalNumber(text.count))
        case ("size", .object(let members)): .number(DecimalNumber(members.count))
        case ("first", .list(let items)): items.first
        case ("last", .list(let items)): items.last
        default: nil
        }
    }

    /// The number inside, or the one that a text says.
    var liquidNumber: DecimalNumber? {
        switch self {
        case .number(let number): number
        case .text(let text): DecimalNumber(text.trimmingSpaces)
        default: nil
        }
    }

    var liquidItems: [FieldValue] {
        switch self {
        case .list(let items): items
        case .null: []
        default: [self]
        }
    }

    /// About how many bytes the value takes as output, at least one; once it is more than
    /// `limit`, no more is counted.
    func workBytes(upTo limit: Int) -> Int {
        var total = 1
        switch self {
        case .null, .boolean: total += 4
        case .number(let number): total += number.significantDigitCount
        case .text(let text): total += text.utf8.count
        case .list(let items):
            for item in items where total <= limit { total += item.workBytes(upTo: limit - total) }
        case .object(let members):
            for (name, value) in members where total <= limit {
                total += name.utf8.count + value.workBytes(upTo: limit - total)
            }
        }
        return total
    }
}

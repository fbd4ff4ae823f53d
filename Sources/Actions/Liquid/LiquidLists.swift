import Records

/// Filters over lists. What is no list counts as a list of one, null as an empty one.
enum LiquidLists {
    /// `nil` for a filter of another kind, and for `size` and `slice` of a text.
    static func result(
        _ filter: LiquidFilter, _ value: FieldValue, _ arguments: [FieldValue]
    ) -> FieldValue? {
        let items = value.liquidItems
        switch filter {
        case .compact: return .list(items.filter { !$0.isNull })
        case .first: return value.liquidProperty("first") ?? .null
        case .last: return value.liquidProperty("last") ?? .null
        case .size: return value.liquidProperty("size") ?? .number(DecimalNumber(0))
        case .join:
            let separator = arguments.first?.liquidText ?? " "
            return .text(items.map(\.liquidText).joined(separator: separator))
        case .pop: return .list(Array(items.dropLast()))
        case .push: return .list(items + arguments)
        case .shift: return .list(Array(items.dropFirst()))
        case .unshift: return .list(arguments + items)
        case .sum: return sum(items, of: arguments.first)
        case .where: return .list(items.filter { isWanted($0, arguments) })
        case .slice:
            guard case .list = value else { return nil }
            return .list(slice(items, arguments))
        default: return nil
        }
    }

    /// The elements from a place on, counted from the end when negative; one without a count.
    static func slice<Element>(_ elements: [Element], _ arguments: [FieldValue]) -> [Element] {
        guard let start = arguments[0].liquidNumber?.integer else { return [] }
        let count = arguments.count > 1 ? arguments[1].liquidNumber?.integer ?? 0 : 1
        let first = start < 0 ? elements.count + start : start
        guard first >= 0, first < elements.count, count > 0 else { return [] }
        return Array(elements[first...].prefix(count))
    }

    private static func sum(_ items: [FieldValue], of property: FieldValue?) -> FieldValue {
        let values = items.map { item in property.map { member($0, of: item) } ?? item }
        return LiquidNumbers.of(
            values.compactMap(\.liquidNumber).reduce(DecimalNumber(0)) { $0?.adding($1) })
    }

    private static func isWanted(_ item: FieldValue, _ arguments: [FieldValue]) -> Bool {
        let found = member(arguments[0], of: item)
        return arguments.count > 1 ? found == arguments[1] : found.isLiquidTrue
    }

    private static func member(_ name: FieldValue, of item: FieldValue) -> FieldValue {
        guard case .object(let members) = item else { return .null }
        return members[name.liquidText] ?? .null
    }
}

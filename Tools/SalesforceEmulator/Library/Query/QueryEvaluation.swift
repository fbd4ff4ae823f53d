/// Runs bound statements over the store.
struct QueryEvaluation {
    let store: RecordStore
    let schema: Schema
    let visibility: Visibility
    /// `queryAll` shows the recycle bin.
    let includesDeleted: Bool

    /// The rows of `query` in order, LIMIT and OFFSET applied.
    func rows(_ query: BoundQuery) -> [Int] {
        guard let table = store.existingTable(query.object.name) else { return [] }
        var rows: [Int] = []
        let candidates = query.filter.flatMap { CandidateRows.find($0, in: table) }
        // Without ORDER BY a statement may stop at its limit.
        let enough = query.order.isEmpty ? query.limit.map { $0 + query.offset } : nil
        for row in candidates ?? Array(table.rows.indices) {
            let record = table.rows[row]
            guard includesDeleted ? !record.isPurged : !record.isDeleted,
                visibility.hiddenRecords.isEmpty || !visibility.hiddenRecords.contains(record.id),
                query.filter.map({ matches(record, $0) }) ?? true
            else { continue }
            rows.append(row)
            if let enough, rows.count >= enough { break }
        }
        if !query.order.isEmpty { sort(&rows, in: table, by: query.order) }
        let from = min(query.offset, rows.count)
        let to = min(from + (query.limit ?? rows.count), rows.count)
        return Array(rows[from..<to])
    }

    // MARK: Conditions

    func matches(_ record: StoredRecord, _ filter: BoundFilter) -> Bool {
        switch filter {
        case .and(let filters): filters.allSatisfy { matches(record, $0) }
        case .or(let filters): filters.contains { matches(record, $0) }
        case .not(let inner): !matches(record, inner)
        case .equal(let path, let literal, let isNegated):
            // `!=` holds for rows without a value too.
            (comparable(record, path) == literal) != isNegated
        case .isIn(let path, let literals, let isNegated):
            literals.contains(comparable(record, path)) != isNegated
        case .ordered(let path, let comparison, let literal):
            ordered(comparable(record, path), comparison, literal)
        case .like(let path, let pattern): like(record, path, pattern)
        case .includes(let path, let alternatives, let isNegated):
            includes(record, path, alternatives) != isNegated
        }
    }

    private func ordered(
        _ value: BoundLiteral, _ comparison: ComparisonOperator, _ literal: BoundLiteral
    ) -> Bool {
        guard let isLess = Self.isLess(value, literal),
            let isGreater = Self.isLess(literal, value)
        else { return false }
        switch comparison {
        case .less: return isLess
        case .lessOrEqual: return !isGreater
        case .greater: return isGreater
        case .greaterOrEqual: return !isLess
        case .equal, .notEqual, .like: return false
        }
    }

    private func like(_ record: StoredRecord, _ path: BoundPath, _ pattern: [PatternPart]) -> Bool {
        guard case .text(let text)? = value(record, path) else { return false }
        return LikePattern.matches(Array(text.lowercased()), pattern)
    }

    private func includes(
        _ record: StoredRecord, _ path: BoundPath, _ alternatives: [Set<FoldedText>]
    ) -> Bool {
        guard case .text(let text)? = value(record, path) else { return false }
        let chosen = Set(Canonicalization.choices(text).map { FoldedText($0) })
        return alternatives.contains { !$0.isEmpty && $0.isSubset(of: chosen) }
    }

    // MARK: Values

    /// The value at the end of `path`; nil where a lookup on the way is empty.
    func value(_ record: StoredRecord, _ path: BoundPath) -> StoredValue? {
        if path.steps.isEmpty { return record.value(of: path.field) }
        var current = record
        for step in path.steps {
            guard let next = parent(of: current, step) else { return nil }
            current = next.record
        }
        return current.value(of: path.field)
    }

    func parent(
        of record: StoredRecord, _ step: BoundPath.Step
    ) -> (record: StoredRecord, object: ObjectSchema)? {
        guard let id = record.text(step.lookup.name), let object = schema.object(ofID: id),
            let parent = store.record(object.name, id: id),
            !visibility.hiddenRecords.contains(id)
        else { return nil }
        return (parent, object)
    }

    private func comparable(_ record: StoredRecord, _ path: BoundPath) -> BoundLiteral {
        switch value(record, path) {
        case nil: .null
        case .text(let text):
            .text(FoldedText(text, caseSensitive: Self.isCaseSensitive(path.field)))
        case .number(let number): .number(number)
        case .bool(let value): .bool(value)
        case .date(let days): .time(days)
        case .dateTime(let time): .time(time)
        }
    }

    private static func isCaseSensitive(_ field: FieldSchema) -> Bool {
        field.isCaseSensitive || field.type == .id || field.type == .reference
    }

    // MARK: Order

    private func sort(
        _ rows: inout [Int], in table: RecordTable,
        by order: [(path: BoundPath, ordering: Ordering)]
    ) {
        let keyed = rows.map { row in
            (row: row, keys: order.map { comparable(table.rows[row], $0.path) })
        }
        rows = keyed.sorted { left, right in
            for (index, (_, ordering)) in order.enumerated() {
                let (a, b) = (left.keys[index], right.keys[index])
                if a == b { continue }
                if a == .null { return ordering.areNullsFirst }
                if b == .null { return !ordering.areNullsFirst }
                let isLess = Self.isLess(a, b) ?? false
                return isLess != ordering.isDescending
            }
            return left.row < right.row
        }.map(\.row)
    }

    /// Order within one type; nil for null or different types. Text goes by code point of its
    /// folded form: the org's locale collation is not emulated.
    private static func isLess(_ left: BoundLiteral, _ right: BoundLiteral) -> Bool? {
        switch (left, right) {
        case (.text(let left), .text(let right)):
            left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
        case (.number(let left), .number(let right)): left < right
        case (.time(let left), .time(let right)): left < right
        case (.bool(let left), .bool(let right)): !left && right
        default: nil
        }
    }
}

/// Rows that can satisfy a condition, found through indexes alone.
enum CandidateRows {
    /// Ascending rows, a superset of the matching ones; nil when no index narrows the search.
    static func find(_ filter: BoundFilter, in table: RecordTable) -> [Int]? {
        switch filter {
        case .equal(let path, let literal, isNegated: false):
            return rows(path, [literal], table)
        case .isIn(let path, let literals, isNegated: false): return rows(path, literals, table)
        case .and(let filters):
            // The narrowest of the conditions that an index serves.
            return filters.compactMap { find($0, in: table) }.min { $0.count < $1.count }
        case .or(let filters):
            var all: Set<Int> = []
            for filter in filters {
                guard let rows = find(filter, in: table) else { return nil }
                all.formUnion(rows)
            }
            return all.sorted()
        default: return nil
        }
    }

    private static func rows(
        _ path: BoundPath, _ literals: Set<BoundLiteral>, _ table: RecordTable
    ) -> [Int]? {
        guard path.steps.isEmpty, table.hasIndex(on: path.field) else { return nil }
        var all: [Int] = []
        for literal in literals {
            guard case .text(let key) = literal,
                let rows = table.rows(where: path.field, equals: key)
            else { return nil }
            all.append(contentsOf: rows)
        }
        return all.sorted()
    }

    /// Own text fields that an index could serve in `filter`.
    static func indexableFields(_ filter: BoundFilter) -> [FieldSchema] {
        switch filter {
        case .and(let filters), .or(let filters): filters.flatMap(indexableFields)
        case .equal(let path, .text, isNegated: false), .isIn(let path, _, isNegated: false):
            path.steps.isEmpty && path.field.type.isText ? [path.field] : []
        default: []
        }
    }
}

/// LIKE: `%` any run of characters, `_` any one, both without regard to case.
enum LikePattern {
    /// `text` must be lower-cased. Linear backtracking: only the last `%` is ever retried.
    static func matches(_ text: [Character], _ pattern: [PatternPart]) -> Bool {
        var (textIndex, partIndex) = (0, 0)
        var retry: (text: Int, part: Int)?
        while textIndex < text.count {
            if partIndex < pattern.count, pattern[partIndex] == .anyMany {
                retry = (textIndex, partIndex)
                partIndex += 1
            } else if partIndex < pattern.count, accepts(pattern[partIndex], text[textIndex]) {
                textIndex += 1
                partIndex += 1
            } else if let (start, part) = retry {
                retry = (start + 1, part)
                (textIndex, partIndex) = (start + 1, part + 1)
            } else {
                return false
            }
        }
        return pattern[partIndex...].allSatisfy { $0 == .anyMany }
    }

    private static func accepts(_ part: PatternPart, _ character: Character) -> Bool {
        switch part {
        case .anyOne: true
        case .anyMany: false
        case .character(let wanted): wanted.lowercased() == String(character)
        }
    }
}

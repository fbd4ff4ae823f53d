/// A path whose every name is known: lookups to follow, then the field to read.
struct BoundPath: Sendable {
    /// Relationship name as describe spells it, and the objects it may lead to.
    struct Step: Sendable {
        let relationship: String
        let lookup: FieldSchema
        let targets: [String]
    }

    let steps: [Step]
    let field: FieldSchema
}

/// A condition with checked fields and typed literals, ready to evaluate.
indirect enum BoundFilter: Sendable {
    case and([BoundFilter])
    case or([BoundFilter])
    case not(BoundFilter)
    case equal(BoundPath, BoundLiteral, isNegated: Bool)
    case ordered(BoundPath, ComparisonOperator, BoundLiteral)
    case like(BoundPath, [PatternPart])
    case isIn(BoundPath, Set<BoundLiteral>, isNegated: Bool)
    /// Each set is one alternative: all its choices must be selected.
    case includes(BoundPath, [Set<FoldedText>], isNegated: Bool)
}

/// A literal as its field compares it.
enum BoundLiteral: Sendable, Hashable {
    case null
    case text(FoldedText)
    case number(Double)
    case bool(Bool)
    case time(Int64)
}

/// A statement whose names and literals the schema accepts.
struct BoundQuery: Sendable {
    enum Selection: Sendable {
        case fields([BoundPath])
        case count
        case countOf(BoundPath)
    }

    let object: ObjectSchema
    let selection: Selection
    let filter: BoundFilter?
    let order: [(path: BoundPath, ordering: Ordering)]
    let limit: Int?
    let offset: Int
}

/// Checks a statement against what the user may see of the schema.
struct QueryBinder {
    static let offsetMax = 2_000

    let schema: Schema
    let visibility: Visibility

    func bind(_ query: Query) throws(QueryError) -> BoundQuery {
        guard let object = schema.object(query.object) else {
            throw QueryError(
                code: "INVALID_TYPE",
                message: "sObject type '\(query.object)' is not supported. If you are attempting "
                    + "to use a custom object, be sure to append the '__c' after the entity name. "
                    + "Please reference your WSDL or the describe call for the appropriate names.",
                position: query.objectPosition)
        }
        guard query.offset <= Self.offsetMax else {
            throw QueryError(
                code: "NUMBER_OUTSIDE_VALID_RANGE",
                message: "Maximum SOQL offset allowed is 2000", position: nil)
        }
        var order: [(path: BoundPath, ordering: Ordering)] = []
        for ordering in query.order {
            order.append((try path(ordering.path, object), ordering))
        }
        return BoundQuery(
            object: object, selection: try selection(query.selection, object),
            filter: try query.filter.map { (filter) throws(QueryError) in
                try bind(filter, object)
            }, order: order, limit: query.limit, offset: query.offset)
    }

    private func selection(
        _ selection: Query.Selection, _ object: ObjectSchema
    ) throws(QueryError) -> BoundQuery.Selection {
        switch selection {
        case .count: return .count
        case .countOf(let path): return .countOf(try self.path(path, object))
        case .fields(let paths):
            var bound: [BoundPath] = []
            for path in paths { bound.append(try self.path(path, object)) }
            return .fields(bound)
        }
    }

    private func path(_ path: FieldPath, _ object: ObjectSchema) throws(QueryError) -> BoundPath {
        var object = object
        var names = path.names
        // `Contact.Email FROM Contact` names the object itself.
        if names.count > 1, names[0].lowercased() == object.name.lowercased() {
            names.removeFirst()
        }
        var steps: [BoundPath.Step] = []
        for name in names.dropLast() {
            guard let lookup = object.lookup(relationship: name),
                visibility.shows(lookup, of: object), let target = target(of: lookup)
            else {
                throw .invalidField(
                    "Didn't understand relationship '\(name)' in field path. If you are attempting "
                        + "to use a custom relationship, be sure to append the '__r' after the "
                        + "custom relationship name. Please reference your WSDL or the describe "
                        + "call for the appropriate names.", path.position)
            }
            steps.append(
                BoundPath.Step(
                    relationship: lookup.relationshipName ?? name, lookup: lookup,
                    targets: lookup.referenceTo))
            object = target
        }
        guard let name = names.last, let field = object.field(name),
            visibility.shows(field, of: object)
        else {
            throw .invalidField(
                "No such column '\(names.last ?? "")' on entity '\(object.name)'. If you are "
                    + "attempting to use a custom field, be sure to append the '__c' after the "
                    + "custom field name. Please reference your WSDL or the describe call for the "
                    + "appropriate names.", path.position)
        }
        return BoundPath(steps: steps, field: field)
    }

    /// The object whose fields a relationship path may name; of several, the one that is known.
    private func target(of lookup: FieldSchema) -> ObjectSchema? {
        lookup.referenceTo.lazy.compactMap { schema.object($0) }.first
    }

    // MARK: Conditions

    private func bind(
        _ filter: Filter, _ object: ObjectSchema
    ) throws(QueryError) -> BoundFilter {
        switch filter {
        case .and(let filters): return .and(try bind(filters, object))
        case .or(let filters): return .or(try bind(filters, object))
        case .not(let inner): return .not(try bind(inner, object))
        case .comparison(let path, let comparison, let literal):
            return try compare(path, comparison, literal, object)
        case .list(let path, let list, let literals):
            return try bind(path, list, literals, object)
        }
    }

    private func bind(
        _ filters: [Filter], _ object: ObjectSchema
    ) throws(QueryError) -> [BoundFilter] {
        var bound: [BoundFilter] = []
        for filter in filters { bound.append(try bind(filter, object)) }
        return bound
    }

    private func compare(
        _ path: FieldPath, _ comparison: ComparisonOperator, _ literal: Literal,
        _ object: ObjectSchema
    ) throws(QueryError) -> BoundFilter {
        let bound = try filterable(path, object)
        if case .pattern(let parts) = literal {
            guard bound.field.type.isText, bound.field.type != .multipicklist else {
                throw operatorRefused(path)
            }
            return .like(bound, parts)
        }
        guard comparison != .like else { throw operatorRefused(path) }
        let value = try LiteralBinding.bind(literal, to: bound.field, at: path.position)
        switch comparison {
        case .equal: return .equal(bound, value, isNegated: false)
        case .notEqual: return .equal(bound, value, isNegated: true)
        default:
            guard value != .null else { throw operatorRefused(path) }
            return .ordered(bound, comparison, value)
        }
    }

    private func operatorRefused(_ path: FieldPath) -> QueryError {
        QueryError(
            code: "INVALID_QUERY_FILTER_OPERATOR", message: "invalid operator",
            position: path.position)
    }

    private func bind(
        _ path: FieldPath, _ list: ListOperator, _ literals: [Literal], _ object: ObjectSchema
    ) throws(QueryError) -> BoundFilter {
        let bound = try filterable(path, object)
        if list == .includes || list == .excludes {
            guard bound.field.type == .multipicklist else { throw operatorRefused(path) }
            let sets = literals.compactMap { literal -> Set<FoldedText>? in
                guard case .string(let text) = literal else { return nil }
                return Set(Canonicalization.choices(text).map { FoldedText($0) })
            }
            return .includes(bound, sets, isNegated: list == .excludes)
        }
        // `=`, `!=`, INCLUDES and EXCLUDES are all that there is (SOQL and SOSL Reference,
        // "Querying Multi-Select Picklists").
        guard bound.field.type != .multipicklist else { throw operatorRefused(path) }
        var values: Set<BoundLiteral> = []
        values.reserveCapacity(literals.count)
        for literal in literals {
            values.insert(try LiteralBinding.bind(literal, to: bound.field, at: path.position))
        }
        return .isIn(bound, values, isNegated: list == .notIn)
    }

    private func filterable(
        _ path: FieldPath, _ object: ObjectSchema
    ) throws(QueryError) -> BoundPath {
        let bound = try self.path(path, object)
        guard bound.field.isFilterable, bound.field.type != .address else {
            throw .invalidField(
                "field '\(bound.field.name)' can not be filtered in a query call", path.position)
        }
        return bound
    }
}

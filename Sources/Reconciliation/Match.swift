import Records

/// A place where a matcher looks: a field, and the form in which SOQL's `=` compares its values.
///
/// The form is bytes, not `String`, whose `==` normalises Unicode; Salesforce's does not.
struct MatchPlace: Hashable {
    let field: String
    let form: [UInt8]
}

/// A key's matchers, made ready to be looked up.
struct MatchTerms {
    /// `and`: all places; otherwise any of them.
    let isAll: Bool
    let places: [MatchPlace]
    /// Whether a condition of an `and` has no value. Such terms match nothing: a condition never
    /// silently disappears.
    let isIncomplete: Bool

    var isUsable: Bool { !places.isEmpty && !isIncomplete }
}

/// Reads matchers as one object's description types them.
struct MatcherReading {
    let description: ObjectDescription

    /// How the field compares; `nil` when describe does not show it. The field at the end of a
    /// relationship path stands in the description under the whole path.
    func field(_ name: String) -> FieldDescription? {
        if let field = description.field(name) { return field }
        return name == "Id" ? FieldDescription(name: name, type: .id) : nil
    }

    func place(_ name: String, _ value: FieldValue) -> MatchPlace? {
        guard let field = field(name), let form = field.matchForm(value) else { return nil }
        return MatchPlace(field: field.name, form: Array(form.utf8))
    }

    /// - Throws: ``Refusal/unknownMatcher(_:)``: without the field nothing would match, and the key
    ///   would create a duplicate.
    func terms(_ matchers: Matchers) throws(Refusal) -> MatchTerms {
        let values = matchers.values
        if let unknown = values.first(where: { field($0.field) == nil }) {
            throw .unknownMatcher(unknown.field)
        }
        let places = values.compactMap { place($0.field, $0.value) }
        guard case .all = matchers else {
            return MatchTerms(isAll: false, places: places, isIncomplete: false)
        }
        return MatchTerms(isAll: true, places: places, isIncomplete: places.count < values.count)
    }

    /// The terms of a key whose matchers were read before without a refusal.
    func usableTerms(_ state: DesiredState) -> MatchTerms {
        do throws(Refusal) {
            return try terms(state.matchers)
        } catch {
            preconditionFailure("a key with unknown matchers was not blocked: \(error.message)")
        }
    }
}

/// Finds candidates (records, or records to be) by their values, without a scan per key.
struct MatchIndex {
    private let reading: MatcherReading
    private let fields: [String]
    private var candidates: [MatchPlace: Set<Int>] = [:]
    /// Fields that some candidate was read without: no key may conclude from them that nothing
    /// matches.
    private(set) var unread: Set<String> = []

    /// - Parameter terms: all terms that will be looked up.
    init(_ reading: MatcherReading, for terms: some Sequence<MatchTerms>) {
        self.reading = reading
        fields = Set(terms.flatMap { $0.places.map(\.field) }).sorted()
    }

    /// Adds a candidate by its number; `value` gives `nil` for a field that was not read.
    mutating func add(_ candidate: Int, value: (String) -> FieldValue?) {
        for field in fields {
            guard let value = value(field) else {
                unread.insert(field)
                continue
            }
            guard let place = reading.place(field, value) else { continue }
            candidates[place, default: []].insert(candidate)
        }
    }

    /// The candidates that the terms match, ascending.
    func matches(_ terms: MatchTerms) -> [Int] {
        guard terms.isUsable else { return [] }
        let found = terms.places.map { candidates[$0] ?? [] }
        guard terms.isAll else { return Set(found.joined()).sorted() }
        // From the rarest value: a common last name must not cost a scan of all who bear it.
        guard let rarest = found.min(by: { $0.count < $1.count }) else { return [] }
        return rarest.filter { candidate in found.allSatisfy { $0.contains(candidate) } }.sorted()
    }
}

extension Matchers {
    /// All values that find the record.
    var values: [MatcherValue] {
        switch self {
        case .any(let values, current: _), .all(let values): values
        case .none: []
        }
    }

    /// The values that a created record carries.
    var carried: [MatcherValue] {
        switch self {
        case .any(_, let current): current
        case .all(let values): values
        case .none: []
        }
    }

    /// The fields in words: `Email or External_Id__c`.
    var phrase: String {
        let names = Set(values.map(\.field)).sorted()
        if case .all = self { return names.joined(separator: " and ") }
        return names.joined(separator: " or ")
    }
}

/// The identity of the record that an event is about: an object, and what its matchers say.
///
/// Values are in the form in which Salesforce compares them (``FieldDescription/matchForm(_:)``),
/// so that `Ann@Example.com ` and `ann@example.com` name one key. With the operator `or` every
/// matcher value is a key of its own with one term, an *alias*; with `and` all terms together are
/// one key.
package struct MatcherKey: Sendable, Hashable {
    /// One matcher field and the value that it must equal.
    package struct Term: Sendable, Hashable {
        package let field: String
        package let form: String

        package init(field: String, form: String) {
            self.field = field
            self.form = form
        }
    }

    /// The name of the pseudo-field under which a `create` key is known: one key per event and
    /// action.
    package static let creationField = "#event"

    package let object: String
    /// Sorted by field, without repetition.
    package let terms: [Term]

    package init(object: String, terms: [Term]) {
        self.object = object
        self.terms = terms.sorted { ($0.field, $0.form) < ($1.field, $1.form) }
    }

    /// The key of the one record that `action` creates for the event at `position`.
    package init(object: String, createdBy action: String, position: UInt64) {
        self.object = object
        terms = [Term(field: Self.creationField, form: "\(position)/\(action)")]
    }

    package var isCreation: Bool { terms.first?.field == Self.creationField }

    /// The terms by field, for people and for JSON.
    package var fields: [String: String] {
        Dictionary(terms.map { ($0.field, $0.form) }, uniquingKeysWith: { first, _ in first })
    }

    /// One text for the whole key: equal exactly when the keys are equal. The separators are
    /// control characters, which Salesforce's fields do not hold.
    package var text: String {
        var text = object
        for term in terms {
            text += "\u{1D}\(term.field)\u{1F}\(term.form)"
        }
        return text
    }

    /// The UTF-8 of the ``text`` of a key of one term, without making the key.
    package static func textBytes(object: String, term: Term) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(object.utf8.count + term.field.utf8.count + term.form.utf8.count + 2)
        bytes += object.utf8
        bytes.append(0x1D)
        bytes += term.field.utf8
        bytes.append(0x1F)
        bytes += term.form.utf8
        return bytes
    }

    /// The key that ``text`` was made from.
    package init?(text: some StringProtocol) {
        let parts = text.split(separator: "\u{1D}", omittingEmptySubsequences: false)
        guard let object = parts.first, !object.isEmpty, parts.count > 1 else { return nil }
        var terms: [Term] = []
        for part in parts.dropFirst() {
            let halves = part.split(
                separator: "\u{1F}", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { return nil }
            terms.append(Term(field: String(halves[0]), form: String(halves[1])))
        }
        self.init(object: String(object), terms: terms)
    }
}

extension MatcherKey: Codable {
    /// In the log a key is `{"object":"Contact","match":{"Email":"ann@example.com"}}`.
    private enum CodingKeys: String, CodingKey {
        case object, match
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let match = try container.decode([String: String].self, forKey: .match)
        self.init(
            object: try container.decode(String.self, forKey: .object),
            terms: match.map { Term(field: $0.key, form: $0.value) })
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(object, forKey: .object)
        try container.encode(fields, forKey: .match)
    }
}

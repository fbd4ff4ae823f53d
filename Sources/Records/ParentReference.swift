/// The record that a reference field should point to, named by one of that record's fields instead
/// of its id: the Account whose External_Id__c is this one.
///
/// This is what is desired and kept. Which id it means is found anew by looking whenever the field
/// is to be written, because people create, merge and delete parents.
package struct ParentReference: Sendable, Hashable, Codable {
    /// The parent's object, as describe spells it.
    package let object: String
    /// The field that finds it, as describe spells it.
    package let field: String
    /// The value to look for, coerced to the field's type; never null.
    package let value: FieldValue
    /// The value in the form in which Salesforce compares it: ``FieldDescription/matchForm(_:)``.
    package let form: String
    package let missing: MissingParent

    package init(
        object: String, field: String, value: FieldValue, form: String, missing: MissingParent
    ) {
        self.object = object
        self.field = field
        self.value = value
        self.form = form
        self.missing = missing
    }

    /// The parent by name: also the matcher key of a key of ours that is found by this field alone.
    package var place: ParentPlace {
        ParentPlace(
            MatcherKey(object: object, terms: [MatcherKey.Term(field: field, form: form)]))
    }
}

/// What becomes of a field whose parent is not there.
package enum MissingParent: String, Sendable, Hashable, Codable, CaseIterable {
    /// The key waits, and goes on by itself when the parent appears.
    case wait
    /// The field is left out; the rest of the record is written.
    case skipField = "skip-field"
    /// The key waits for a person.
    case park
}

/// A parent's name, compared byte by byte: Swift's `==` on strings also joins what differs in
/// Unicode normalisation, which Salesforce keeps apart.
package struct ParentPlace: Sendable, Hashable {
    package let key: MatcherKey

    package init(_ key: MatcherKey) { self.key = key }

    package static func == (one: ParentPlace, other: ParentPlace) -> Bool {
        one.key.text.utf8.elementsEqual(other.key.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = key.text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

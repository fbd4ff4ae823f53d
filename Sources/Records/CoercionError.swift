/// A mapped value that a field cannot take without losing something.
///
/// Nothing has been sent. The key waits, parked, until an event brings a value that fits or the
/// mapping changes. The description names the field and the kinds of value, never the value itself.
package struct CoercionError: Error, Sendable, Hashable, CustomStringConvertible {
    package let field: String
    /// What was given: ``FieldValue/kindName``.
    package let given: String
    package let wanted: FieldType
    /// What is wrong with it, as half a sentence.
    package let detail: String

    package init(field: String, given: String, wanted: FieldType, detail: String) {
        self.field = field
        self.given = given
        self.wanted = wanted
        self.detail = detail
    }

    package var description: String {
        "\(field) takes \(wanted.rawValue); the \(given) mapped to it does not fit: \(detail)"
    }
}

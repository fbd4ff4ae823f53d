/// A mapped value that a field cannot take without losing something.
///
/// Nothing has been sent. The key waits, parked, until an event brings a value that fits or the
/// mapping changes. The description names the field and the kinds of value, never the value itself.
package struct CoercionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, under the name that Salesforce's own refusal would have had (REST API
    /// Developer Guide, "Status Codes and Error Responses"): parked keys show it.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// Not of the field's type: Salesforce would refuse the whole request.
        case invalidValue = "INVALID_VALUE"
        case tooLong = "STRING_TOO_LONG"
        case outOfRange = "NUMBER_OUTSIDE_VALID_RANGE"
        case unknownChoice = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
        case notAnAddress = "INVALID_EMAIL_ADDRESS"
        case malformedID = "MALFORMED_ID"
    }

    package let code: Code
    package let field: String
    /// What was given: ``FieldValue/kindName``.
    package let given: String
    package let wanted: FieldType
    /// What is wrong with it, as half a sentence.
    package let detail: String

    package init(
        code: Code = .invalidValue, field: String, given: String, wanted: FieldType, detail: String
    ) {
        self.code = code
        self.field = field
        self.given = given
        self.wanted = wanted
        self.detail = detail
    }

    package var description: String {
        "\(field) takes \(wanted.rawValue); the \(given) mapped to it does not fit: \(detail)"
    }
}

/// Checks of the names that go into queries, paths and bodies.
///
/// Names are never escaped, only checked: what is not a name is refused.
enum APIName {
    /// Custom names have at most 40 characters, plus namespace (15), two separators and suffix.
    private static let nameBytesMax = 80
    /// Salesforce follows at most five relationships upwards, and then comes the field.
    private static let levelsMax = 6

    /// `Contact`, `Plan__c`, `acme__Plan__c`.
    static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, ASCII.isLetter(first) else { return false }
        return text.utf8.count <= nameBytesMax
            && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
    }

    /// A field, or a field reached over relationships: `Account.External_Id__c`.
    static func isFieldPath(_ text: String) -> Bool {
        let levels = text.split(separator: ".", omittingEmptySubsequences: false)
        return levels.count <= levelsMax && levels.allSatisfy { isName($0) }
    }

    static func checked(object: String) throws(SalesforceError) -> String {
        guard isName(object) else {
            throw .invalidRequest("an object's API name has letters, digits and underscores only")
        }
        return object
    }

    static func checked(field: String) throws(SalesforceError) -> String {
        guard isFieldPath(field) else {
            throw .invalidRequest(
                "a field's API name has letters, digits, underscores and dots only")
        }
        return field
    }
}

/// An error as Salesforce states it: a code, a message, the fields, and the HTTP status that a
/// single-record call gives it. It refuses a whole call or one item of it.
struct Refusal: Error, Sendable, Hashable {
    let status: Int
    let code: String
    let message: String
    /// nil where recorded answers leave the member out.
    var fields: [String]?
    /// Extra members of the single-record form (`duplicateResut`).
    var extra: [JSON.Member] = []

    init(_ code: String, _ message: String, fields: [String]? = nil, status: Int = 400) {
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields
    }

    /// The array envelope of a call (recorded: every 4xx of the data resources).
    var envelope: JSON { [entry] }

    private var entry: JSON {
        var members = extra
        members.append(JSON.Member("message", .string(message)))
        members.append(JSON.Member("errorCode", .string(code)))
        if let fields { members.append(JSON.Member("fields", .strings(fields))) }
        return .object(members)
    }

    /// The item form of sObject Collections: `statusCode` instead of `errorCode`, no id
    /// (recorded: collections answers of Grouparoo and go-salesforce).
    var item: JSON {
        [
            "success": false,
            "errors": [
                [
                    "statusCode": .string(code), "message": .string(message),
                    "fields": .strings(fields ?? []),
                ]
            ],
        ]
    }
}

extension Refusal {
    static func noSuchColumn(_ name: String, object: String) -> Refusal {
        Refusal("INVALID_FIELD", "No such column '\(name)' on sobject of type \(object)")
    }

    static func readOnly(_ names: [String]) -> Refusal {
        let list = names.joined(separator: ", ")
        return Refusal(
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: \(list). Please check the security settings of this "
                + "field and verify that it is read/write for your profile or permission set.",
            fields: names)
    }

    /// SOAP API Developer Guide, "create()": an id is never given to a record by the caller.
    static let idInInsert = Refusal(
        "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", fields: ["Id"])

    /// What the URL of a single record says must not stand in its body too.
    static func fieldInBody(_ name: String) -> Refusal {
        Refusal(
            "INVALID_FIELD", "The \(name) field should not be specified in the sobject data.")
    }

    static let notFound = Refusal(
        "NOT_FOUND", "The requested resource does not exist", status: 404)

    static func noExternalID(_ name: String) -> Refusal {
        Refusal(
            "NOT_FOUND",
            "Provided external ID field does not exist or is not accessible: \(name)", status: 404)
    }

    static let isDeleted = Refusal(
        "ENTITY_IS_DELETED", "entity is deleted", fields: [], status: 404)

    static let unknownReference = Refusal(
        "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields: [], status: 404)

    static func malformedID(_ text: String) -> Refusal {
        Refusal("MALFORMED_ID", "malformed id \(text)", fields: [])
    }

    static let notVisible = Refusal(
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "insufficient access rights on cross-reference id", fields: [], status: 403)

    static let rolledBack = Refusal(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using "
            + "AllOrNone header", fields: [])

    static func wrongType(_ value: JSON, wanted: String) -> Refusal {
        Refusal(
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of \(wanted) from \(token(value)) or request may be "
                + "missing a required field")
    }

    /// The value's token as Jackson, the parser behind the API, names it in messages.
    private static func token(_ value: JSON) -> String {
        switch value {
        case .null: "VALUE_NULL"
        case .bool(let value): value ? "VALUE_TRUE value true" : "VALUE_FALSE value false"
        case .number(let digits):
            digits.allSatisfy { $0 == "-" || $0.isNumber }
                ? "VALUE_NUMBER_INT value \(digits)" : "VALUE_NUMBER_FLOAT value \(digits)"
        case .string(let text): "VALUE_STRING value \(text)"
        case .array: "START_ARRAY value ["
        case .object: "START_OBJECT value {"
        }
    }
}

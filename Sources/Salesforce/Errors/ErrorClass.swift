/// The kinds of trouble behind Salesforce's several hundred error codes.
///
/// Source: SOAP API Developer Guide, "Core Data Types Used in API Calls" (ExceptionCode,
/// StatusCode), and REST API Developer Guide, "Status Codes and Error Responses". The HTTP status
/// is a hint only: `UNABLE_TO_LOCK_ROW` has been met as 400 and as 500.
enum ErrorClass: Sendable {
    /// The token or the user.
    case session
    /// Passes by itself; certainly rolled back.
    case transient
    /// Passes by itself, but says nothing about what was done before it.
    case transientUnsure
    case concurrency
    case allocation
    case storage
    /// The record's values, or the customer's own rules about them.
    case value
    /// Refused because of the company it was sent in: governor limits, a query too complicated.
    case company
    /// An approval process or the like holds the record: lasts hours or days.
    case lockedByPerson
    /// The record is another one, or gone.
    case identity
    /// Mapping, schema or permissions: the same for every record of the object.
    case configuration
    case apiUnavailable
    /// Another record's error took this one along.
    case sibling
    case unknown

    /// Codes whose class needs no look at the message.
    private static let byCode: [String: ErrorClass] = {
        var table: [String: ErrorClass] = [:]
        for (errorClass, codes) in codesByClass {
            for code in codes { table[code] = errorClass }
        }
        return table
    }()

    static func of(_ error: RecordError) -> ErrorClass {
        switch error.code {
        case "REQUEST_LIMIT_EXCEEDED":
            // One code, two meanings, told apart by the message only: "ConcurrentPerOrgLongTxn
            // Limit exceeded." passes in seconds, "TotalRequests Limit exceeded." in hours.
            // Anything else is taken for the costlier one.
            RecordError.textAfter("Concurrent", in: error.message) != nil
                ? .concurrency : .allocation
        case "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER":
            // The customer's trigger or flow threw; what it met stands in the text.
            ofAutomation(error.message)
        case "DUPLICATE_VALUE":
            // A masked record exists but is invisible to this user: looking again finds nothing.
            RecordError.textAfter("<unknown>", in: error.message) != nil ? .value : .identity
        case "INVALID_FIELD":
            // Rows of jobs say so of a cell that is no value of its field's type (recorded: "Failed
            // to deserialize field at col 3"): the record's matter, not the object's.
            RecordError.textAfter("Failed to deserialize field", in: error.message) != nil
                ? .value : .configuration
        case "INVALID_CROSS_REFERENCE_KEY":
            // Without a field it is the record's own id that does not exist (any more).
            error.fields.isEmpty ? .identity : .value
        default:
            byCode[error.code] ?? ofUnlisted(error.code)
        }
    }

    private static func ofAutomation(_ message: String) -> ErrorClass {
        if RecordError.textAfter("UNABLE_TO_LOCK_ROW", in: message) != nil { return .transient }
        // The 200 records of a request share one transaction and its governor limits (Apex
        // Developer Guide, "Bulk DML Exception Handling"): fewer records together may pass.
        let governor = ["LimitException", "Too many ", "CPU time limit", "heap size"]
        let isGovernor = governor.contains { RecordError.textAfter($0, in: message) != nil }
        return isGovernor ? .company : .value
    }

    private static func ofUnlisted(_ code: String) -> ErrorClass {
        if code.hasPrefix("FILTERED_LOOKUP") { return .value }
        if code.hasPrefix("APEX_") || code.hasSuffix("_LIMIT") { return .company }
        return .unknown
    }

    private static let codesByClass: [(ErrorClass, [String])] = [
        (
            .session,
            [
                "INVALID_SESSION_ID", "INVALID_AUTH_HEADER", "INVALID_LOGIN", "INACTIVE_USER",
                "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", "HTTP_401",
            ]
        ),
        (
            .transient,
            [
                "UNABLE_TO_LOCK_ROW", "API_CURRENTLY_DISABLED", "TOO_MANY_APEX_REQUESTS",
                "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", "INVALID_QUERY_LOCATOR",
                "RATE_LIMIT_EXCEEDED", "HTTP_429",
            ]
        ),
        (
            .transientUnsure,
            [
                "SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION", "REQUEST_RUNNING_TOO_LONG",
                "QUERY_TIMEOUT",
            ]
        ),
        (.allocation, ["LIMIT_EXCEEDED"]),
        // Both are about data storage.
        (.storage, ["STORAGE_LIMIT_EXCEEDED", "EXCEEDED_QUOTA"]),
        (
            .value,
            [
                "REQUIRED_FIELD_MISSING", "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                "FIELD_INTEGRITY_EXCEPTION", "STRING_TOO_LONG", "NUMBER_OUTSIDE_VALID_RANGE",
                "INVALID_EMAIL_ADDRESS", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                "INVALID_TYPE_ON_FIELD_IN_RECORD", "JSON_PARSER_ERROR", "MALFORMED_ID",
                "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "DELETE_FAILED",
                "INVALID_STATUS", "INVALID_QUERY_FILTER_OPERATOR",
                "DUPLICATES_DETECTED", "MISSING_ARGUMENT", "INVALID_ARGUMENT_TYPE",
                "INVALID_ID_FIELD", "CIRCULAR_DEPENDENCY",
            ]
        ),
        (.company, ["QUERY_TOO_COMPLICATED", "HTTP_413", "HTTP_414", "HTTP_431"]),
        (.lockedByPerson, ["ENTITY_IS_LOCKED"]),
        // A converted lead is a contact now: looking again tells.
        (
            .identity,
            ["ENTITY_IS_DELETED", "DUPLICATE_EXTERNAL_ID", "CANNOT_UPDATE_CONVERTED_LEAD"]
        ),
        (
            .configuration,
            [
                "INVALID_TYPE", "INVALID_FIELD_FOR_INSERT_UPDATE",
                "INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS", "NOT_FOUND",
                "METHOD_NOT_ALLOWED", "FUNCTIONALITY_NOT_ENABLED", "MALFORMED_QUERY",
                "MALFORMED_SEARCH", "HTTP_405",
                "HTTP_415",
            ]
        ),
        (.apiUnavailable, ["API_DISABLED_FOR_ORG", "GONE", "HTTP_410"]),
        (
            .sibling,
            ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "PROCESSING_HALTED", "BATCH_PROCESSING_HALTED"]
        ),
    ]
}

extension RecordError {
    /// What this error asks for when it is one record's, inside an answered collection.
    ///
    /// Never ``Disposition/inDoubt``: an answered item is definite, whatever its code.
    package var disposition: Disposition {
        switch ErrorClass.of(self) {
        case .session: .reauthorise
        case .transient, .transientUnsure, .unknown, .sibling: .retry(after: nil)
        case .concurrency: .slowDown(after: ErrorClass.concurrencyWait)
        case .allocation: .pause(.requestAllocation)
        case .storage: .pause(.storage)
        case .value: .park
        case .company: .split
        case .lockedByPerson: .retry(after: ErrorClass.lockedByPersonWait)
        case .identity: .observeAgain
        case .configuration: .stopObject
        case .apiUnavailable: .pause(.apiUnavailable)
        }
    }
}

extension ErrorClass {
    /// Requests of 20 seconds and more count as concurrent; half of that lets some of them end.
    static let concurrencyWait: Duration = .seconds(10)
    /// Approvals take people hours: asking more often only costs calls.
    static let lockedByPersonWait: Duration = .seconds(3_600)
}

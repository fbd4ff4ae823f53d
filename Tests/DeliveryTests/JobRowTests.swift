import Projection
import Testing

@testable import Delivery
@testable import Salesforce

/// What `sf__Error` of a job's failed rows means for their keys: one row for every code that the
/// documentation or a recording names, written as failed results have them (Bulk API 2.0 Developer
/// Guide, "Get Job Failed Record Results").
@Suite struct JobRowTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let error: String
        var kind = OperationKind.update
        let status: OperationResult.Status
        var park: ParkReason?
        var pauses = false
        var testDescription: String { "\(kind.rawValue) \(error.prefix(60))" }
    }

    /// `codes`, each as Salesforce writes it without fields.
    private static func rows(
        _ codes: [String], _ status: OperationResult.Status, pauses: Bool = false
    ) -> [Row] {
        codes.map { Row(error: "\($0):a sentence about it:--", status: status, pauses: pauses) }
    }

    private static let lists =
        // The user or the token, the allocation, the API: everything waits.
        rows(
            [
                "INVALID_SESSION_ID", "INVALID_AUTH_HEADER", "INVALID_LOGIN", "INACTIVE_USER",
                "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", "REQUEST_LIMIT_EXCEEDED",
                "STORAGE_LIMIT_EXCEEDED", "EXCEEDED_QUOTA", "LIMIT_EXCEEDED",
                "API_DISABLED_FOR_ORG",
            ], .again, pauses: true)
        // Passes by itself, or another record's fault.
        + rows(
            [
                "UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION",
                "REQUEST_RUNNING_TOO_LONG", "QUERY_TIMEOUT", "API_CURRENTLY_DISABLED",
                "TOO_MANY_APEX_REQUESTS", "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
                "INVALID_QUERY_LOCATOR", "ENTITY_IS_LOCKED", "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                "PROCESSING_HALTED", "BATCH_PROCESSING_HALTED", "A_CODE_OF_TOMORROW",
            ], .again)
        // The record's own: parked.
        + rows(
            [
                "FIELD_CUSTOM_VALIDATION_EXCEPTION", "FIELD_INTEGRITY_EXCEPTION",
                "NUMBER_OUTSIDE_VALID_RANGE", "INVALID_TYPE_ON_FIELD_IN_RECORD",
                "JSON_PARSER_ERROR", "MALFORMED_ID", "MISSING_ARGUMENT",
                "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "DELETE_FAILED",
                "INVALID_STATUS", "FILTERED_LOOKUP_NOT_FOUND",
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER",
            ], .failed)
        // The mapping or the rights, perhaps of all: a call of few records finds out.
        + rows(
            [
                "INVALID_FIELD", "INVALID_TYPE", "INVALID_FIELD_FOR_INSERT_UPDATE",
                "INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS", "NOT_FOUND",
                "METHOD_NOT_ALLOWED", "FUNCTIONALITY_NOT_ENABLED", "MALFORMED_QUERY",
            ], .again)
        // Another record than thought: looked at again.
        + rows(
            [
                "ENTITY_IS_DELETED", "DUPLICATE_EXTERNAL_ID", "CANNOT_UPDATE_CONVERTED_LEAD",
                "INVALID_CROSS_REFERENCE_KEY",
            ], .again)

    private static let sentences = [
        Row(error: "ENTITY_IS_DELETED:entity is deleted:--", kind: .delete, status: .succeeded),
        Row(
            error: "DUPLICATE_VALUE:duplicate value found: Key__c duplicates value on record with "
                + "id: 0018M000003uKqq:--", kind: .create, status: .again),
        Row(
            error: "DUPLICATE_VALUE:duplicate value found: <unknown> duplicates value on record "
                + "with id: <unknown>:--", kind: .create, status: .failed),
        Row(
            error: "DUPLICATES_DETECTED:You're creating a duplicate record. We recommend you use "
                + "an existing record instead.:--", kind: .create, status: .failed,
            park: .duplicate),
        Row(
            error: "UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 "
                + "records: 0035c00002abcDEAAY:--", status: .again),
        Row(
            error: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY:ContactTrigger: execution of AfterInsert "
                + "caused by: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access: --",
            status: .again),
        Row(
            error: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY:ContactTrigger: "
                + "System.LimitException: Too many SOQL queries: 101:--", status: .again),
        Row(
            error: "REQUEST_LIMIT_EXCEEDED:ConcurrentPerOrgLongTxn Limit exceeded.:--",
            status: .again),
        Row(
            error: "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:AccountId --",
            status: .failed),
        Row(
            error:
                "INVALID_FIELD:Failed to deserialize field at col 3. Due to, '2003-04-98' is not "
                + "a valid value for the type xsd:date:CloseDate --", status: .failed),
        Row(error: "something that is no code at all", status: .again),
    ]

    @Test(arguments: lists + sentences)
    func aFailedRowMeans(_ row: Row) {
        let answer = OutcomeClassification.row(
            .failed(RecordError(bulk: row.error)), index: 3, kind: row.kind,
            policy: RetryPolicy())
        #expect(answer.result.index == 3)
        #expect(answer.result.status == row.status)
        #expect(answer.result.park == row.park)
        #expect((answer.pause != nil) == row.pauses)
    }

    @Test(arguments: [
        (
            "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --",
            ["LastName"]
        ),
        (
            "STRING_TOO_LONG:Last Name: data value too large: x (max length=80):LastName --",
            ["LastName"]
        ),
        (
            "INVALID_EMAIL_ADDRESS:Email: invalid email address: nobody:Email, Backup__c --",
            ["Email", "Backup__c"]
        ),
        (
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:Plan: bad value for restricted picklist "
                + "field: gold:Plan__c --", ["Plan__c"]
        ),
    ])
    func aParkedRowNamesItsFields(error: String, fields: [String]) {
        let parsed = RecordError(bulk: error)
        #expect(parsed.fields == fields)
        let answer = OutcomeClassification.row(
            .failed(parsed), index: 0, kind: .update, policy: RetryPolicy())
        #expect(answer.result.status == .failed)
        #expect(answer.result.code == parsed.code)
        for field in fields { #expect(answer.result.message?.contains(field) == true) }
    }
}

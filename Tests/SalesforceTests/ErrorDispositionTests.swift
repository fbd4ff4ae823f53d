import Records
import Testing

@testable import Salesforce

/// One row per code that the documentation or a recording names.
struct ErrorDispositionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let code: String
        var message = ""
        var fields: [String] = []
        /// For one record inside an answered collection.
        let item: Disposition
        /// For a whole write, at `status`.
        let whole: Disposition
        var status = 400
        var testDescription: String { "\(code) \(message.prefix(30)) \(status)" }
    }

    private static let wait = Disposition.retry(after: nil)
    private static let rows: [Row] = [
        // A: session
        Row(code: "INVALID_SESSION_ID", item: .reauthorise, whole: .reauthorise, status: 401),
        Row(code: "INVALID_AUTH_HEADER", item: .reauthorise, whole: .reauthorise, status: 401),
        Row(code: "INVALID_LOGIN", item: .reauthorise, whole: .reauthorise),
        Row(
            code: "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", item: .reauthorise,
            whole: .reauthorise,
            status: 403),
        // B: transient
        Row(code: "UNABLE_TO_LOCK_ROW", item: wait, whole: wait),
        Row(code: "UNABLE_TO_LOCK_ROW", item: wait, whole: wait, status: 500),
        Row(code: "SERVER_UNAVAILABLE", item: wait, whole: .inDoubt, status: 503),
        Row(code: "UNKNOWN_EXCEPTION", item: wait, whole: .inDoubt, status: 500),
        Row(code: "UNKNOWN_EXCEPTION", item: wait, whole: .inDoubt, status: 400),
        Row(code: "REQUEST_RUNNING_TOO_LONG", item: wait, whole: .inDoubt, status: 503),
        Row(code: "QUERY_TIMEOUT", item: wait, whole: .inDoubt),
        Row(code: "API_CURRENTLY_DISABLED", item: wait, whole: wait, status: 503),
        Row(code: "TOO_MANY_APEX_REQUESTS", item: wait, whole: wait, status: 403),
        Row(
            code: "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", item: wait, whole: wait,
            status: 503),
        Row(code: "INVALID_QUERY_LOCATOR", item: wait, whole: wait),
        Row(
            code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            message:
                "ContactTrigger: execution of AfterInsert caused by: System.DmlException: Update "
                + "failed. First exception on row 0; first error: UNABLE_TO_LOCK_ROW, unable to obtain "
                + "exclusive access to this record",
            item: wait, whole: wait),
        Row(
            code: "REQUEST_LIMIT_EXCEEDED", message: "ConcurrentPerOrgLongTxn Limit exceeded.",
            item: .slowDown(after: .seconds(10)), whole: .slowDown(after: .seconds(10)),
            status: 403),
        // C: quota
        Row(
            code: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded.",
            item: .pause(.requestAllocation), whole: .pause(.requestAllocation), status: 403),
        Row(
            code: "REQUEST_LIMIT_EXCEEDED", message: "a new sentence",
            item: .pause(.requestAllocation), whole: .pause(.requestAllocation), status: 503),
        Row(code: "STORAGE_LIMIT_EXCEEDED", item: .pause(.storage), whole: .pause(.storage)),
        Row(code: "EXCEEDED_QUOTA", item: .pause(.storage), whole: .pause(.storage)),
        Row(
            code: "LIMIT_EXCEEDED", item: .pause(.requestAllocation),
            whole: .pause(.requestAllocation)),
        // D: the record's values, or the customer's rules
        Row(code: "REQUIRED_FIELD_MISSING", item: .park, whole: .split),
        Row(code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", item: .park, whole: .split),
        Row(code: "FIELD_INTEGRITY_EXCEPTION", item: .park, whole: .split),
        Row(code: "STRING_TOO_LONG", item: .park, whole: .split),
        Row(code: "NUMBER_OUTSIDE_VALID_RANGE", item: .park, whole: .split),
        Row(code: "INVALID_EMAIL_ADDRESS", item: .park, whole: .split),
        Row(code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", item: .park, whole: .split),
        Row(code: "INVALID_TYPE_ON_FIELD_IN_RECORD", item: .park, whole: .split),
        Row(code: "JSON_PARSER_ERROR", item: .park, whole: .split),
        Row(code: "MALFORMED_ID", item: .park, whole: .split),
        Row(code: "MISSING_ARGUMENT", item: .park, whole: .split),
        Row(
            code: "INVALID_CROSS_REFERENCE_KEY", fields: ["AccountId"], item: .park, whole: .split),
        Row(code: "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", item: .park, whole: .split),
        Row(code: "CANNOT_UPDATE_CONVERTED_LEAD", item: .observeAgain, whole: .split),
        Row(code: "FILTERED_LOOKUP_NOT_FOUND", item: .park, whole: .split),
        Row(code: "DELETE_FAILED", item: .park, whole: .split),
        Row(code: "INVALID_STATUS", item: .park, whole: .split),
        Row(
            code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message: "no leads on Sundays",
            item: .park, whole: .split),
        Row(code: "CANNOT_EXECUTE_FLOW_TRIGGER", message: "flow", item: .park, whole: .split),
        Row(
            code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            message: "System.LimitException: Too many SOQL queries: 101", item: .split,
            whole: .split),
        Row(
            code: "ENTITY_IS_LOCKED", item: .retry(after: .seconds(3_600)),
            whole: .retry(after: .seconds(3_600))),
        // E: identity
        Row(
            code: "DUPLICATE_VALUE",
            message:
                "duplicate value found: Key__c duplicates value on record with id: 0018M000003uKqq",
            item: .observeAgain, whole: .split),
        Row(
            code: "DUPLICATE_VALUE",
            message:
                "duplicate value found: <unknown> duplicates value on record with id: <unknown>",
            item: .park, whole: .split),
        Row(code: "DUPLICATES_DETECTED", item: .park, whole: .split),
        Row(code: "DUPLICATE_EXTERNAL_ID", item: .observeAgain, whole: .split),
        // F: configuration
        Row(code: "INVALID_FIELD", item: .stopObject, whole: .stopObject),
        Row(
            code: "INVALID_FIELD",
            message: "Failed to deserialize field at col 3. Due to, 'x' is not a valid value for "
                + "the type xsd:date",
            item: .park, whole: .split),
        Row(code: "INVALID_TYPE", item: .stopObject, whole: .stopObject),
        Row(code: "INVALID_FIELD_FOR_INSERT_UPDATE", item: .stopObject, whole: .stopObject),
        Row(code: "INSUFFICIENT_ACCESS_OR_READONLY", item: .stopObject, whole: .stopObject),
        Row(code: "INSUFFICIENT_ACCESS", item: .stopObject, whole: .stopObject, status: 403),
        Row(code: "NOT_FOUND", item: .stopObject, whole: .stopObject, status: 404),
        Row(code: "METHOD_NOT_ALLOWED", item: .stopObject, whole: .stopObject, status: 405),
        Row(
            code: "FUNCTIONALITY_NOT_ENABLED", item: .stopObject, whole: .stopObject, status: 403),
        Row(code: "MALFORMED_QUERY", item: .stopObject, whole: .stopObject),
        Row(
            code: "API_DISABLED_FOR_ORG", item: .pause(.apiUnavailable),
            whole: .pause(.apiUnavailable), status: 403),
        Row(
            code: "GONE", item: .pause(.apiUnavailable), whole: .pause(.apiUnavailable), status: 410
        ),
        // G: already done
        Row(code: "ENTITY_IS_DELETED", item: .observeAgain, whole: .split, status: 404),
        Row(
            code: "INVALID_CROSS_REFERENCE_KEY", message: "invalid cross reference id",
            item: .observeAgain, whole: .split),
        // H: victims
        Row(code: "ALL_OR_NONE_OPERATION_ROLLED_BACK", item: wait, whole: wait),
        Row(code: "PROCESSING_HALTED", item: wait, whole: wait),
        Row(code: "BATCH_PROCESSING_HALTED", item: wait, whole: wait, status: 412),
        // Not in any list
        Row(code: "BRAND_NEW_CODE", item: wait, whole: wait),
        Row(code: "BRAND_NEW_CODE", item: wait, whole: .inDoubt, status: 500),
        Row(code: "QUERY_TOO_COMPLICATED", item: .split, whole: .split),
    ]

    @Test(arguments: rows)
    func everyCodeAsksForOneThing(row: Row) {
        let error = RecordError(code: row.code, message: row.message, fields: row.fields)
        #expect(error.disposition == row.item)
        let whole = SalesforceError.refused(
            .write, status: row.status, errors: [error], retryAfter: nil)
        #expect(whole.disposition == row.whole)
        #expect(whole.isDefinite == (row.whole != .inDoubt))
    }

    /// A read has nothing to be in doubt about.
    @Test(arguments: rows)
    func aRefusedReadIsNeverInDoubt(row: Row) {
        let error = RecordError(code: row.code, message: row.message, fields: row.fields)
        let whole = SalesforceError.refused(
            .read, status: row.status, errors: [error], retryAfter: nil)
        #expect(whole.isDefinite)
    }

    @Test func aRefusalNamesCodesAndFieldsButNoMessage() {
        let error = RecordError(
            code: "STRING_TOO_LONG", message: "too large: Secret", fields: ["Name"])
        let text =
            "\(SalesforceError.refused(.write, status: 400, errors: [error], retryAfter: nil))"
        #expect(text.contains("STRING_TOO_LONG (Name)"))
        #expect(!text.contains("Secret"))
    }

    /// Only the sentence names the field, and a field's name is no value.
    @Test func aFieldThatOnlyTheSentenceNamesIsNamed() {
        let error = RecordError(
            code: "INVALID_FIELD", message: "No such column 'Plan__c' on sobject of type Contact",
            fields: [])
        #expect("\(error)" == "INVALID_FIELD (Plan__c)")
        let odd = RecordError(
            code: "INVALID_FIELD", message: "No such column 'a b' on sobject", fields: [])
        #expect("\(odd)" == "INVALID_FIELD")
    }

    @Test func aPauseSaysWhatEndsIt() {
        let error = RecordError(
            code: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded.", fields: [])
        let whole = SalesforceError.refused(
            .read, status: 403, errors: [error], retryAfter: nil)
        #expect("\(whole)".contains("REQUEST_LIMIT_EXCEEDED"))
        #expect("\(whole)".contains("when these have aged"))
    }

    @Test func retryAfterIsHonoured() {
        let error = RecordError(code: "UNABLE_TO_LOCK_ROW", message: "", fields: [])
        let whole = SalesforceError.refused(
            .write, status: 503, errors: [error], retryAfter: .seconds(30))
        #expect(whole.disposition == .retry(after: .seconds(30)))
    }

    @Test func aDuplicateNamesItsRecordInFull() {
        let message =
            "duplicate value found: K__c duplicates value on record with id: 0018M000003uKqq"
        let named = RecordError(code: "DUPLICATE_VALUE", message: message, fields: [])
        #expect(named.duplicateOf?.description == "0018M000003uKqqQAE")
        let masked = RecordError(
            code: "DUPLICATE_VALUE", message: "… record with id: <unknown>", fields: [])
        #expect(masked.duplicateOf == nil)
        let other = RecordError(code: "DELETE_FAILED", message: message, fields: [])
        #expect(other.duplicateOf == nil)
    }
}

/// From a whole answer to what it means for a write and for a read.
struct AnswerMeaningTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String
        var isHTML = false
        let write: Disposition
        let read: Disposition
        var testDescription: String { "\(status) \(body.prefix(40))" }

        init(
            _ status: Int, _ body: String, isHTML: Bool = false, write: Disposition,
            read: Disposition = .retry(after: nil)
        ) {
            (self.status, self.body, self.isHTML) = (status, body, isHTML)
            (self.write, self.read) = (write, read)
        }
    }

    private static let maintenance = "<html><body>We are down for maintenance.</body></html>"
    private static let xml401 =
        "<?xml version=\"1.0\"?><response><faultcode>LOGIN_OAUTH_INVALID_TOKEN"

    @Test(arguments: [
        Row(200, "", write: .inDoubt), Row(200, "{", write: .inDoubt),
        Row(200, maintenance, isHTML: true, write: .inDoubt),
        Row(200, maintenance, write: .inDoubt),
        Row(200, "[]", isHTML: true, write: .inDoubt),
        Row(204, "", write: .inDoubt),
        Row(301, "", write: .inDoubt, read: .pause(.redirected)),
        Row(302, maintenance, isHTML: true, write: .inDoubt, read: .pause(.redirected)),
        Row(400, "", write: .inDoubt), Row(400, maintenance, isHTML: true, write: .inDoubt),
        Row(400, #"[{"message":"x"}]"#, write: .inDoubt),
        Row(400, #"{"errorCode":"X"}"#, write: .inDoubt),
        Row(400, #"[{"success":false,"errors":[]}]"#, write: .inDoubt),
        Row(
            400,
            #"[{"message":"At least 1 record is required","errorCode":"REQUIRED_FIELD_MISSING"}]"#,
            write: .split, read: .split),
        Row(401, xml401, write: .reauthorise, read: .reauthorise),
        Row(401, "", write: .reauthorise, read: .reauthorise),
        Row(403, maintenance, isHTML: true, write: .inDoubt), Row(404, "", write: .inDoubt),
        Row(410, "", write: .pause(.apiUnavailable), read: .pause(.apiUnavailable)),
        Row(414, maintenance, isHTML: true, write: .split, read: .split),
        Row(420, "", write: .inDoubt),
        Row(
            420, #"[{"message":"x","errorCode":"INVALID_FIELD"}]"#, write: .inDoubt,
            read: .stopObject),
        Row(429, "", write: .retry(after: nil)),
        Row(431, "", write: .split, read: .split),
        Row(500, "", write: .inDoubt), Row(502, "", write: .inDoubt),
        Row(503, maintenance, isHTML: true, write: .inDoubt), Row(504, "", write: .inDoubt),
        Row(
            500, #"[{"message":"x","errorCode":"INVALID_FIELD"}]"#, write: .inDoubt,
            read: .stopObject),
    ])
    func anAnswerMeansOneThingForAWriteAndOneForARead(row: Row) {
        let answer = HTTPAnswer(
            status: row.status, isHTML: row.isHTML, body: Array(row.body.utf8))
        let ok = row.status == 200 && row.body == "[]" && !row.isHTML
        #expect(!ok)
        let write = #expect(throws: SalesforceError.self) { try answer.success(of: .write) }
        #expect(write?.disposition == row.write)
        let read = #expect(throws: SalesforceError.self) { try answer.success(of: .read) }
        #expect(read?.disposition == row.read)
    }

    @Test func failuresBeforeSendingAreDefiniteAndAfterItInDoubt() {
        #expect(SalesforceError.notSent(.write, reason: "x").disposition == .retry(after: nil))
        #expect(SalesforceError.notSent(.write, reason: "x").isDefinite)
        #expect(SalesforceError.noAnswer(.write, reason: "x").disposition == .inDoubt)
        #expect(!SalesforceError.noAnswer(.write, reason: "x").isDefinite)
        #expect(SalesforceError.noAnswer(.read, reason: "x").disposition == .retry(after: nil))
        #expect(SalesforceError.noAnswer(.token, reason: "x").disposition == .retry(after: nil))
    }

    @Test func anotherOrgIsAPause() throws {
        let one = try #require(RecordID("00Dx0000000BV7z"))
        let other = try #require(RecordID("00Dx0000000BV7y"))
        let error = SalesforceError.organizationChanged(expected: one, answered: other)
        #expect(error.disposition == .pause(.organizationChanged))
        #expect("\(error)".contains(one.description))
    }
}

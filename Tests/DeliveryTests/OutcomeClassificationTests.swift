import Projection
import Reconciliation
import Records
import Salesforce
import Testing

@testable import Delivery

@Suite struct OutcomeClassificationTests {
    // MARK: One record's answer

    struct Answer: Sendable, CustomTestStringConvertible {
        let code: String
        var message = ""
        var kind = "update"
        var attempts = 0
        let status: OperationResult.Status
        var park: ParkReason?
        var isPostponed = false
        var consequence = OutcomeClassification.Consequence.none

        var testDescription: String { "\(kind) \(code), \(attempts) attempts" }
    }

    @Test(arguments: [
        Answer(code: "UNABLE_TO_LOCK_ROW", status: .again, isPostponed: true),
        Answer(
            code: "UNABLE_TO_LOCK_ROW", attempts: 7, status: .failed, park: .retriesExhausted),
        Answer(code: "SOMETHING_NEW", status: .again, isPostponed: true),
        Answer(code: "DUPLICATE_VALUE", kind: "create", status: .again, isPostponed: true),
        Answer(
            code: "DUPLICATE_VALUE", message: "record with id: <unknown>", kind: "create",
            status: .failed),
        Answer(code: "ENTITY_IS_DELETED", status: .again, isPostponed: true),
        Answer(code: "ENTITY_IS_DELETED", kind: "delete", status: .succeeded),
        Answer(code: "APEX_LIMIT", status: .again, isPostponed: true),
        Answer(code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", status: .failed),
        // Perhaps the object's description is out of date; the second time it is the record's own.
        Answer(
            code: "INSUFFICIENT_ACCESS_OR_READONLY", status: .again,
            consequence: .describeAgain("INSUFFICIENT_ACCESS_OR_READONLY")),
        Answer(code: "INSUFFICIENT_ACCESS_OR_READONLY", attempts: 1, status: .failed),
        Answer(code: "DUPLICATES_DETECTED", kind: "create", status: .failed, park: .duplicate),
        Answer(
            code: "REQUEST_LIMIT_EXCEEDED", message: "ConcurrentPerOrgLongTxn Limit exceeded.",
            status: .again, isPostponed: true,
            consequence: .slowDown(reason: "REQUEST_LIMIT_EXCEEDED", after: .seconds(10))),
        Answer(
            code: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded.",
            status: .again, consequence: .pause("REQUEST_LIMIT_EXCEEDED")),
        Answer(code: "CANNOT_UPDATE_CONVERTED_LEAD", status: .again, isPostponed: true),
        Answer(
            code: "STORAGE_LIMIT_EXCEEDED", status: .again,
            consequence: .pause("STORAGE_LIMIT_EXCEEDED")),
        Answer(
            code: "INVALID_SESSION_ID", status: .again, consequence: .pause("INVALID_SESSION_ID")),
    ])
    func aRecordsErrorMeans(_ answer: Answer) throws {
        let batch = try TestPlans.batch(.init(rawValue: answer.kind) ?? .update, count: 1)
        let error = RecordError(code: answer.code, message: answer.message, fields: [])
        let classified = OutcomeClassification.answered(
            [.failed(error)], of: batch, past: .init(attempts: [1: answer.attempts]),
            policy: RetryPolicy(), random: { 0.5 })
        #expect(classified.results.map(\.status) == [answer.status])
        #expect(classified.results.map(\.park) == [answer.park])
        #expect(classified.postponed.keys.contains(1) == answer.isPostponed)
        #expect(classified.consequence == answer.consequence)
    }

    @Test func successesCarryTheirIDs() throws {
        let classified = OutcomeClassification.answered(
            [.succeeded(TestPlans.recordID(1), created: true)],
            of: try TestPlans.batch(.create, count: 1), past: .init(), policy: RetryPolicy(),
            random: { 0.5 })
        #expect(classified.results.map(\.recordID) == [TestPlans.recordID(1)])
        #expect(classified.results.map(\.wasCreated) == [true])
    }

    /// One record without the right is one record; all of them are the object.
    @Test(arguments: [true, false])
    func anObjectIsStoppedOnlyWhenAllItsRecordsAreRefused(_ areAll: Bool) throws {
        let error = RecordError(code: "INVALID_FIELD", message: "", fields: [])
        let classified = OutcomeClassification.answered(
            [
                .failed(error),
                areAll ? .failed(error) : .succeeded(TestPlans.recordID(2), created: false),
            ],
            of: try TestPlans.batch(.update, count: 2), past: .init(), policy: RetryPolicy(),
            random: { 0.5 })
        #expect(
            classified.consequence
                == (areAll ? .stopObject("INVALID_FIELD") : .describeAgain("INVALID_FIELD")))
        // Neither way is a key parked before its object was described again.
        #expect(classified.results.first?.status == .again)
    }

    @Test func noKeyIsParkedWhileItsWholeObjectIsRefused() throws {
        let error = RecordError(code: "INVALID_FIELD", message: "", fields: [])
        let classified = OutcomeClassification.answered(
            [.failed(error), .failed(error)], of: try TestPlans.batch(.update, count: 2),
            past: .init(attempts: [1: 7, 2: 7]), policy: RetryPolicy(), random: { 0.5 })
        #expect(classified.results.map(\.status) == [.again, .again])
        #expect(classified.consequence == .stopObject("INVALID_FIELD"))
    }

    struct Duplicate: Sendable, CustomTestStringConvertible {
        let name: String
        var attempts = 0
        var doubts = 0
        var isOwn = false
        var kind = Operation.Kind.create
        let status: OperationResult.Status
        var adopted = false

        var testDescription: String { name }
    }

    @Test(arguments: [
        Duplicate(name: "no doubt: look again", isOwn: true, status: .again),
        Duplicate(name: "looked and not found: somebody else's", attempts: 1, status: .failed),
        Duplicate(
            name: "in doubt and ours: adopted", doubts: 1, isOwn: true, status: .again,
            adopted: true),
        Duplicate(name: "in doubt and somebody else's", attempts: 1, doubts: 1, status: .failed),
        Duplicate(
            name: "an update adopts nothing", doubts: 1, isOwn: true, kind: .update,
            status: .again),
    ])
    func aRecordNamedAsDuplicateIs(_ row: Duplicate) throws {
        let other = TestPlans.recordID(77)
        let error = RecordError(
            code: "DUPLICATE_VALUE",
            message:
                "duplicate value found: K__c duplicates value on record with id: \(other.short)",
            fields: [])
        var past = OutcomeClassification.Past(
            attempts: [1: row.attempts], doubts: [1: row.doubts])
        past.ownRecords = row.isOwn ? [other] : []
        let classified = OutcomeClassification.answered(
            [.failed(error)], of: try TestPlans.batch(row.kind, count: 1), past: past,
            policy: RetryPolicy(), random: { 0.5 })
        let result = try #require(classified.results.first)
        #expect(result.status == row.status)
        #expect(result.recordID == (row.adopted ? other : nil))
        #expect(result.recordIDs == (row.status == .failed ? [other] : nil))
    }

    @Test func aPauseIsTheConsequenceWhateverElseWasRefused() throws {
        let errors = ["INVALID_FIELD", "STORAGE_LIMIT_EXCEEDED", "INVALID_FIELD"]
        let classified = OutcomeClassification.answered(
            errors.map { .failed(RecordError(code: $0, message: "", fields: [])) },
            of: try TestPlans.batch(.update, count: 3), past: .init(), policy: RetryPolicy(),
            random: { 0.5 })
        #expect(classified.consequence == .pause("STORAGE_LIMIT_EXCEEDED"))
    }

    // MARK: The whole request

    struct Failure: Sendable, CustomTestStringConvertible {
        let name: String
        let error: SalesforceError
        var count = 2
        let status: OperationResult.Status
        var isPostponed = false
        let consequence: String

        var testDescription: String { "\(name), \(count) records" }
    }

    static func refused(_ status: Int, _ code: String, _ message: String = "") -> SalesforceError {
        .refused(
            .write, status: status,
            errors: [RecordError(code: code, message: message, fields: [])], retryAfter: nil)
    }

    @Test(arguments: [
        Failure(
            name: "no answer", error: .noAnswer(.write, reason: "cut"), status: .inDoubt,
            isPostponed: true, consequence: "callFailed"),
        Failure(
            name: "unreadable", error: .unreadableAnswer(.write, status: 200, reason: "html"),
            status: .inDoubt, isPostponed: true, consequence: "callFailed"),
        Failure(
            name: "500", error: refused(500, "UNKNOWN_EXCEPTION"), status: .inDoubt,
            isPostponed: true, consequence: "callFailed"),
        Failure(
            name: "not sent", error: .notSent(.write, reason: "refused"), status: .again,
            isPostponed: true, consequence: "callFailed"),
        Failure(
            name: "concurrency",
            error: refused(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit"),
            status: .again, isPostponed: true, consequence: "slowDown"),
        Failure(
            name: "our share of the allocation", error: .allocationShareUsed(limit: 100),
            status: .again, consequence: "pause"),
        Failure(
            name: "allocation",
            error: refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
            status: .again, consequence: "pause"),
        Failure(
            name: "credentials", error: .notAuthorized(status: 400, code: "invalid_client"),
            status: .again, consequence: "pause"),
        Failure(
            name: "a bad record among others", error: refused(400, "JSON_PARSER_ERROR"),
            status: .again, consequence: "split"),
        Failure(
            name: "a bad record alone", error: refused(400, "JSON_PARSER_ERROR"), count: 1,
            status: .failed, consequence: "none"),
        Failure(
            name: "a field that is gone", error: refused(400, "INVALID_FIELD"), status: .again,
            consequence: "stopObject"),
        Failure(
            name: "a field that is gone, alone", error: refused(400, "INVALID_FIELD"), count: 1,
            status: .again, consequence: "stopObject"),
    ])
    func aRequestsErrorMeans(_ failure: Failure) throws {
        let classified = OutcomeClassification.failed(
            failure.error, of: try TestPlans.batch(.update, count: failure.count), past: .init(),
            policy: RetryPolicy(), random: { 0.5 })
        #expect(
            classified.results.map(\.status)
                == Array(repeating: failure.status, count: failure.count))
        // Nothing of it is a single record's doing.
        #expect(classified.results.allSatisfy { $0.isWholeRequest == true })
        #expect(classified.postponed.isEmpty == !failure.isPostponed)
        #expect("\(classified.consequence)".hasPrefix(failure.consequence))
    }

    @Test func silenceIsMetWithLongerAndLongerWaits() throws {
        let batch = try TestPlans.batch(.update, count: 1)
        let delays = (0..<4).map { doubts in
            OutcomeClassification.failed(
                .noAnswer(.write, reason: "cut"), of: batch, past: .init(doubts: [1: doubts]),
                policy: RetryPolicy(), random: { 1 }
            ).postponed[1]
        }
        #expect(delays == [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4)])
    }
}

import Projection
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
        Answer(code: "INSUFFICIENT_ACCESS_OR_READONLY", status: .failed),
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
            [.failed(error)], of: batch, attempts: [1: answer.attempts], policy: RetryPolicy(),
            random: { 0.5 })
        #expect(classified.results.map(\.status) == [answer.status])
        #expect(classified.results.map(\.park) == [answer.park])
        #expect(classified.postponed.keys.contains(1) == answer.isPostponed)
        #expect(classified.consequence == answer.consequence)
    }

    @Test func successesCarryTheirIDs() throws {
        let classified = OutcomeClassification.answered(
            [.succeeded(TestPlans.recordID(1), created: true)],
            of: try TestPlans.batch(.create, count: 1), attempts: [:], policy: RetryPolicy(),
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
            of: try TestPlans.batch(.update, count: 2), attempts: [:], policy: RetryPolicy(),
            random: { 0.5 })
        #expect(classified.consequence == (areAll ? .stopObject("INVALID_FIELD") : .none))
    }

    @Test func aPauseIsTheConsequenceWhateverElseWasRefused() throws {
        let errors = ["INVALID_FIELD", "STORAGE_LIMIT_EXCEEDED", "INVALID_FIELD"]
        let classified = OutcomeClassification.answered(
            errors.map { .failed(RecordError(code: $0, message: "", fields: [])) },
            of: try TestPlans.batch(.update, count: 3), attempts: [:], policy: RetryPolicy(),
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
            status: .again, isPostponed: true, consequence: "callFailed"),
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
            status: .failed, consequence: "stopObject"),
    ])
    func aRequestsErrorMeans(_ failure: Failure) throws {
        let classified = OutcomeClassification.failed(
            failure.error, of: try TestPlans.batch(.update, count: failure.count), doubts: [:],
            policy: RetryPolicy(), random: { 0.5 })
        #expect(
            classified.results.map(\.status)
                == Array(repeating: failure.status, count: failure.count))
        // Nothing of it is a single record's doing, as far as can be told.
        let isObjects = failure.consequence == "stopObject"
        #expect(classified.results.allSatisfy { ($0.isWholeRequest == true) == !isObjects })
        #expect(classified.postponed.isEmpty == !failure.isPostponed)
        #expect("\(classified.consequence)".hasPrefix(failure.consequence))
    }

    @Test func silenceIsMetWithLongerAndLongerWaits() throws {
        let batch = try TestPlans.batch(.update, count: 1)
        let delays = (0..<4).map { doubts in
            OutcomeClassification.failed(
                .noAnswer(.write, reason: "cut"), of: batch, doubts: [1: doubts],
                policy: RetryPolicy(), random: { 1 }
            ).postponed[1]
        }
        #expect(delays == [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4)])
    }
}

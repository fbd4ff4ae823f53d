import Foundation
import Records
import Testing

@testable import Salesforce

/// Where recorded answers of real orgs lie; tests that need them are skipped without.
enum Recordings {
    static let folder = ProcessInfo.processInfo.environment["TIDEMARK_REFERENCE"].map {
        URL(filePath: $0).appending(path: "reference/salesforce-fixtures")
    }

    static func json(_ path: String) throws -> FieldValue {
        let folder = try #require(folder)
        return try ExactJSON.parse(Array(try Data(contentsOf: folder.appending(path: path))))
    }

    static func answer(_ path: String, status: Int) throws -> HTTPAnswer {
        let folder = try #require(folder)
        return HTTPAnswer(
            status: status, body: Array(try Data(contentsOf: folder.appending(path: path))))
    }

    static func files(in path: String) throws -> [String] {
        let folder = try #require(folder)
        return try FileManager.default
            .contentsOfDirectory(atPath: folder.appending(path: path).path())
            .filter { $0.hasSuffix(".json") }.sorted().map { "\(path)/\($0)" }
    }
}

@Suite(.enabled(if: Recordings.folder != nil, "set TIDEMARK_REFERENCE to compare with recordings"))
struct RecordedAnswersTests {
    @Test func everyRecordedDescribeIsRead() throws {
        let files = try Recordings.files(in: "describe") + Recordings.files(in: "describe/reduced")
        var read = 0
        for file in files where !file.contains("global") {
            let body = try Recordings.json(file)
            let description = try ObjectDescription(describeAnswer: body)
            let raw = try #require(body["fields"]?.listValue)
            #expect(description.fields.count == raw.count, "\(file)")
            for field in raw {
                let name = try #require(field["name"]?.text)
                let type = try #require(field["type"]?.text)
                #expect(description.field(name)?.type.rawValue == type, "\(file) \(name)")
            }
            read += 1
        }
        #expect(read >= 20)
    }

    @Test(arguments: [
        ("contact_cumulusci", ["LastName"]), ("lead_cumulusci", ["Company", "LastName"]),
        ("account_cumulusci", ["Name"]),
        ("opportunity_cumulusci", ["CloseDate", "Name", "StageName"]), ("case_cumulusci", []),
    ])
    func requiredFieldsFollowFromDescribe(file: String, required: [String]) throws {
        let description = try ObjectDescription(
            describeAnswer: Recordings.json("describe/\(file).json"))
        #expect(description.fields.filter(\.isRequiredOnCreate).map(\.name) == required)
    }

    @Test func aUniqueExternalIDIsRecognised() throws {
        let description = try ObjectDescription(
            describeAnswer: Recordings.json("describe/contact_grouparoo_v42.json"))
        let field = try #require(description.field("Custom_External_ID__c"))
        #expect(field.isUniqueExternalID)
        #expect(!field.isCaseSensitive)
        #expect(description.field("Description")?.isFilterable == false)
    }

    @Test(arguments: [
        ("create_contacts_two_ok", 2), ("create_allornone_required_field_missing", 2),
        ("update_accounts_ok", 6), ("update_allornone_invalid_field", 2),
        ("update_without_ids_missing_argument", 2), ("upsert_contact_by_email_16_created", 16),
        ("upsert_contact_by_email_mixed_created_updated", 4), ("upsert_contact_by_id_mixed", 4),
        ("delete_campaignmember_ok", 1), ("../errors/collections_cannot_update_converted_lead", 1),
        ("../errors/collections_invalid_email_address", 2),
        ("../errors/collections_required_field_missing", 1),
    ])
    func everyRecordedCollectionsAnswerIsRead(file: String, count: Int) throws {
        let body = try Recordings.json("collections/\(file).json")
        let items = (0..<count).map {
            CollectionsItem(fields: ["Email": .text("a\($0)@example.com")])
        }
        let request = try CollectionsRequest(
            kind: .upsert(field: "Email"), object: "Contact", items: items)
        let results = try CollectionsResult.read(body, of: request)
        #expect(results.count == count)
        let raw = try #require(body.listValue)
        for (result, entry) in zip(results, raw) {
            switch result {
            case .succeeded(let id, let created):
                #expect(entry["success"] == .boolean(true))
                #expect(entry["id"]?.text == id.description)
                #expect(entry["created"]?.booleanValue == created)
            case .failed(let error):
                #expect(entry["success"] == .boolean(false))
                #expect(error.disposition != .inDoubt)
            }
        }
    }

    static let errors: [(String, Int, Disposition)] = [
        ("errors/401_invalid_session_id", 401, Disposition.reauthorise),
        ("errors/400_duplicate_value_pair", 400, .split),
        ("errors/400_malformed_search", 400, .stopObject),
        ("errors/404_external_id_field_does_not_exist", 404, .stopObject),
        ("errors/404_find_by_bad_id", 404, .stopObject),
        ("errors/delete_deleted_record_404_entity_is_deleted", 404, .split),
        ("errors/400_invalid_field_for_insert_update", 400, .stopObject),
        ("errors/400_invalid_field_no_such_column", 400, .stopObject),
        ("errors/400_invalid_field_write", 400, .stopObject),
        ("errors/400_invalid_type_query", 400, .stopObject),
        ("errors/404_delete_entity_is_deleted_2025", 404, .split),
        ("errors/404_upsert_unknown_external_id_field", 404, .stopObject),
        ("errors/get_deleted_lead_404_not_found", 404, .stopObject),
        ("collections/create_empty_records_400", 400, .split),
        ("upsert/300_multiple_choices_array_of_urls", 300, .inDoubt),
        ("upsert/300_multiple_choices_go_salesforce_pr63", 300, .inDoubt),
    ]

    @Test func noRecordedErrorIsLeftOut() throws {
        let judged = Set(Self.errors.map { $0.0 + ".json" })
        for file in try Recordings.files(in: "errors") where !file.contains("collections_") {
            #expect(judged.contains(file), "\(file)")
        }
    }

    @Test(arguments: [
        ("collections_cannot_update_converted_lead", Disposition.observeAgain),
        ("collections_invalid_email_address", .park),
        ("collections_required_field_missing", .park),
    ])
    func everyRecordedItemErrorHasItsMeaning(file: String, meaning: Disposition) throws {
        let items = try #require(try Recordings.json("errors/\(file).json").listValue)
        let errors = items.flatMap { $0["errors"]?.listValue ?? [] }
            .compactMap { RecordError(answered: $0, codeMember: "statusCode") }
        #expect(!errors.isEmpty)
        #expect(errors.allSatisfy { $0.disposition == meaning })
    }

    @Test(arguments: errors)
    func everyRecordedErrorHasItsMeaning(file: String, status: Int, meaning: Disposition) throws {
        let answer = try Recordings.answer("\(file).json", status: status)
        let error = #expect(throws: SalesforceError.self) { try answer.success(of: .write) }
        #expect(error?.disposition == meaning)
    }

    @Test func anEmptyServerErrorIsInDoubt() throws {
        let answer = try Recordings.answer("errors/composite_http500_empty_body.txt", status: 500)
        let error = #expect(throws: SalesforceError.self) { try answer.success(of: .write) }
        #expect(error?.disposition == .inDoubt)
    }

    @Test(arguments: [
        "400_invalid_grant_authentication_failure", "400_invalid_grant_expired_refresh_token",
    ])
    func aRecordedTokenRefusalAsksForReauthorisation(file: String) throws {
        let login = try #require(InstanceURL("http://127.0.0.1", allowsLoopback: true))
        let answer = try Recordings.answer("oauth/token_\(file).json", status: 400)
        let error = #expect(throws: SalesforceError.self) {
            try TokenEndpoint.grant(from: answer, login: login)
        }
        #expect(error == .notAuthorized(status: 400, code: "invalid_grant"))
    }

    @Test func recordedTokensAndIdentitiesAreRead() throws {
        let login = try #require(InstanceURL("https://na1.salesforce.com", allowsLoopback: true))
        let grant = try TokenEndpoint.grant(
            from: Recordings.answer("oauth/token_200_docs_sample.json", status: 200), login: login)
        #expect(grant.instance.description == "https://na1.salesforce.com")
        for file in ["identity_200_2015", "identity_200_swiftly"] {
            let body = try Recordings.json("oauth/\(file).json")
            let identity = try? Identity(userInfo: body, grant: grant)
            // One recording's ids are redacted to placeholders: taken when they have an id's shape.
            let isShaped = ["organization_id", "user_id"].allSatisfy { name in
                body[name]?.text.flatMap { RecordID(answered: $0) } != nil
            }
            #expect((identity != nil) == isShaped, "\(file)")
        }
    }

    @Test func recordedLimitsAreRead() throws {
        let report = try LimitsReport(Recordings.json("limits/limits_swiftly.json"))
        let daily = try #require(report.dailyAPIRequests)
        #expect(daily.max > 0 && daily.remaining <= daily.max)
    }

    /// Queries of a recorded session: statuses, errors, numbers, and the limit header on the way.
    @Test(arguments: [
        "objects_custom-float_grouparoo", "objects_lead_grouparoo", "contacts_reference_grouparoo",
        "account_custom_grouparoo",
    ])
    func everyStepOfARecordedSessionIsUnderstood(file: String) throws {
        let steps = try #require(try Recordings.json("scenarios/\(file).json").listValue)
        var understood = 0
        for step in steps {
            let status = try #require(step["status"]?.integerValue)
            let path = try #require(step["path"]?.text)
            let response = step["response"] ?? .null
            let answer = HTTPAnswer(status: status, body: Array(response.json.utf8))
            if path.hasSuffix("/describe") {
                _ = try ObjectDescription(describeAnswer: answer.success(of: .read))
                understood += 1
            } else if path.hasSuffix("/query") {
                let soql = try #require(step["query"]?["q"]?.text)
                try understandQuery(soql, answer: answer)
                understood += 1
            }
            var usage = APIUsage()
            usage.update(limitInfo: step["headers"]?["Sforce-Limit-Info"]?.text ?? "")
            if step["headers"]?["Sforce-Limit-Info"] != nil { #expect(usage.limit == 15_000) }
        }
        #expect(understood > 0)
    }

    private func understandQuery(_ soql: String, answer: HTTPAnswer) throws {
        guard (200..<300).contains(answer.status) else {
            #expect(throws: SalesforceError.self) { try answer.success(of: .read) }
            return
        }
        let words = soql.split(separator: " ")
        guard words.count > 3, words[0].uppercased() == "SELECT",
            let from = words.firstIndex(where: { $0.uppercased() == "FROM" })
        else { return }
        let fields = words[1..<from].joined().split(separator: ",").map(String.init)
        let body = try answer.success(of: .read)
        guard fields.contains("Id") else { return }
        let query = try Query(object: String(words[from + 1]), fields: fields, where: nil)
        let page = try QueryPage(body, of: query)
        #expect(page.records.count == page.totalSize)
        for record in page.records { #expect(Set(record.fields.keys) == Set(fields)) }
    }
}

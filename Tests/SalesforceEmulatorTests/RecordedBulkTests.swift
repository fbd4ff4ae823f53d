import Foundation
import Testing

@testable import SalesforceEmulator

/// Job bodies and results as real orgs gave them.
@Suite(.enabled(if: Recordings.areAvailable, "TIDEMARK_REFERENCE names no recordings"))
struct RecordedBulkTests {
    private func shape(_ file: String) throws -> [String: String] {
        Shape.members(try Recordings.json("bulk2/\(file).json"))
    }

    @Test func jobDocumentsHaveTheRecordedMembers() async throws {
        try await withEmulator { server, client in
            let request: JSON = [
                "object": "Opportunity", "operation": "upsert", "contentType": "CSV",
                "externalIdFieldName": "External_Id__c",
            ]
            let created = try await client.call("POST", "/jobs/ingest", request)
            #expect(Shape.members(created.json) == (try shape("upsert_1_create_open")))
            let id = created.json["id"]?.string ?? ""
            server.org.holdBulkJobs(beforeRow: 1)
            _ = try await client.upload(
                id, "Name,StageName,CloseDate,External_Id__c\na,x,2026-01-01,1\nb,x,2026-01-01,2\n")
            let closed = try await client.setState(id, "UploadComplete")
            #expect(Shape.members(closed.json) == (try shape("upsert_2_uploadcomplete")))
            let running = try await client.wait(id, for: ["InProgress"])
            #expect(Shape.members(running) == (try shape("upsert_3_inprogress")))
            server.org.releaseBulkJobs()
            let done = try await client.wait(id)
            #expect(Shape.members(done) == (try shape("upsert_4_jobcomplete_all_ok")))
            let (_, failed) = try await client.ingest("Opportunity", "insert", "Wrong\n1\n")
            var expected = try shape("upsert_4_failed_invalid_batch")
            expected["externalIdFieldName"] = nil
            #expect(Shape.members(failed) == expected)
        }
    }

    @Test func deleteAndQueryJobsHaveTheRecordedMembers() async throws {
        try await withEmulator { _, client in
            let created = try await client.call(
                "POST", "/jobs/ingest", ["object": "Opportunity", "operation": "delete"])
            #expect(Shape.members(created.json) == (try shape("delete_1_create_open")))
            let id = created.json["id"]?.string ?? ""
            _ = try await client.upload(id, "Id\n")
            let closed = try await client.setState(id, "UploadComplete")
            #expect(Shape.members(closed.json) == (try shape("delete_2_uploadcomplete")))
            let query = try await client.call(
                "POST", "/jobs/query",
                ["operation": "query", "query": "SELECT Id FROM Account"])
            #expect(Shape.members(query.json) == (try shape("query_1_uploadcomplete")))
        }
    }

    @Test func aRowThatCannotBeReadFailsAsRecorded() async throws {
        try await withEmulator { _, client in
            let url = URL(fileURLWithPath: Recordings.folder ?? "").appendingPathComponent(
                "reference/salesforce-fixtures/bulk2/upsert_5_failedResults.csv")
            let recorded = try String(contentsOf: url, encoding: .utf8)
                .replacingOccurrences(of: "external_id__c", with: "External_Id__c")
            let (id, info) = try await client.ingest(
                "Opportunity", "upsert", key: "External_Id__c",
                "Name,StageName,External_Id__c,CloseDate\n"
                    + "Noemi Miller,GENERATED,external-id-3,2003-04-987654321987654321\n")
            #expect(info["numberRecordsFailed"] == 1)
            let ours = try await client.results(id, "failedResults")
            #expect(
                ours.trimmingCharacters(in: .newlines)
                    == recorded.trimmingCharacters(in: .newlines))
        }
    }
}

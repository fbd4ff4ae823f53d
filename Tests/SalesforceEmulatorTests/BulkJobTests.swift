import Testing

@testable import SalesforceEmulator

/// The life of a job: states, what each allows, faults.
@Suite struct BulkJobTests {
    @Test func aJobIsCreatedUploadedOnceAndClosedOnce() async throws {
        try await withEmulator { server, client in
            server.org.holdBulkJobs()
            let id = try await client.createJob("Contact", "insert")
            let open = try await client.jobInfo(id)
            #expect(open["state"] == "Open")
            #expect(
                open["contentUrl"] == .string("services/data/v66.0/jobs/ingest/\(id)/batches"))
            #expect(try await client.upload(id, "LastName\na\n").status == 201)
            let again = try await client.upload(id, "LastName\na\n")
            #expect(again.errorCode == "CLIENTINPUTERROR")
            #expect(again.message?.contains("Found multiple contents for job") == true)
            #expect(try await client.setState(id, "UploadComplete").status == 200)
            #expect(try await client.upload(id, "LastName\na\n").errorCode == "INVALIDJOBSTATE")
            let twice = try await client.setState(id, "UploadComplete")
            #expect(twice.errorCode == "INVALIDJOBSTATE")
            let early = try await client.call("GET", "/jobs/ingest/\(id)/successfulResults")
            #expect(early.errorCode == "INVALIDJOBSTATE")
            #expect(server.org.count(of: "Contact") == 0)
            server.org.releaseBulkJobs()
            #expect(try await client.wait(id)["state"] == "JobComplete")
            #expect(server.org.count(of: "Contact") == 1)
            #expect(try await client.setState(id, "Aborted").errorCode == "INVALIDJOBSTATE")
            #expect(try await client.call("DELETE", "/jobs/ingest/\(id)").status == 204)
            #expect(try await client.call("GET", "/jobs/ingest/\(id)").status == 404)
        }
    }

    @Test func aJobHeldInTheMiddleShowsItsProgressAndCanBeAborted() async throws {
        try await withEmulator { server, client in
            server.org.holdBulkJobs(beforeRow: 3)
            let id = try await client.createJob("Contact", "insert")
            _ = try await client.upload(id, "LastName\na\nb\nc\nd\ne\n")
            _ = try await client.setState(id, "UploadComplete")
            while server.org.count(of: "Contact") < 3 { await Task.yield() }
            let info = try await client.jobInfo(id)
            #expect(info["state"] == "InProgress")
            #expect(info["numberRecordsProcessed"] == 3)
            let deleted = try await client.call("DELETE", "/jobs/ingest/\(id)")
            #expect(deleted.errorCode == "INVALIDJOBSTATE")
            _ = try await client.setState(id, "Aborted")
            while try await client.call("GET", "/jobs/ingest/\(id)/failedResults").status != 200 {
                await Task.yield()
            }
            #expect(try await client.jobInfo(id)["state"] == "Aborted")
            let left = try await client.results(id, "unprocessedrecords")
            #expect(left == "LastName\n\"e\"\n\"d\"\n")
            #expect(server.org.count(of: "Contact") == 3)
        }
    }

    @Test func aJobCanFailHalfWay() async throws {
        try await withEmulator { server, client in
            server.org.inject(
                Fault(on: .bulkProcess, .failJob(afterRows: 2, message: "InternalServerError : x")))
            let (id, info) = try await client.ingest("Contact", "insert", "LastName\na\nb\nc\n")
            #expect(info["state"] == "Failed")
            #expect(info["errorMessage"] == "InternalServerError : x")
            #expect(info["numberRecordsProcessed"] == 2)
            #expect(server.org.count(of: "Contact") == 2)
            #expect(try await client.results(id, "unprocessedrecords") == "LastName\n\"c\"\n")
            let (_, next) = try await client.ingest("Contact", "insert", "LastName\nc\n")
            #expect(next["state"] == "JobComplete")
        }
    }

    @Test func faultsStrikeRowsAndCalls() async throws {
        try await withEmulator { server, client in
            server.org.inject(Fault(on: .bulkProcess, .lockRow(items: [1])))
            let (id, info) = try await client.ingest("Contact", "insert", "LastName\na\nb\nc\n")
            #expect(info["numberRecordsFailed"] == 1)
            let failed = try await client.results(id, "failedResults")
            #expect(failed.contains("\"UNABLE_TO_LOCK_ROW:unable to obtain exclusive access"))
            // The answer to closing a job is lost, the job runs.
            let lost = try await client.createJob("Contact", "insert")
            _ = try await client.upload(lost, "LastName\nd\n")
            server.org.inject(Fault(on: .bulkClose, .cutAfter))
            await #expect(throws: (any Error).self) {
                try await client.setState(lost, "UploadComplete")
            }
            #expect(try await client.wait(lost)["state"] == "JobComplete")
            #expect(server.org.count(of: "Contact") == 3)
            let faults: JSON = ["on": "bulkProcess", "effect": "failJob", "afterRows": 0]
            #expect(try await client.control("POST", "faults", faults).status == 204)
            let (_, refused) = try await client.ingest("Contact", "insert", "LastName\ne\n")
            #expect(refused["state"] == "Failed")
        }
    }

    @Test(
        arguments: [
            ["operation": "insert", "object": "Nothing__c"],
            ["operation": "merge", "object": "Contact"],
            ["operation": "upsert", "object": "Contact"],
            ["operation": "upsert", "object": "Contact", "externalIdFieldName": "Phone"],
            ["operation": "insert", "object": "Contact", "lineEnding": "CR"],
            ["operation": "insert", "object": "Contact", "contentType": "JSON"],
        ] as [JSON])
    func jobsThatCannotBeAreRefused(body: JSON) async throws {
        try await withEmulator { _, client in
            let answer = try await client.call("POST", "/jobs/ingest", body)
            #expect(answer.status == 400)
            #expect(answer.errorCode == "INVALIDJOB")
        }
    }

    @Test func hardDeletesNeedAPermissionThatTheUserLacks() async throws {
        try await withEmulator { _, client in
            let answer = try await client.call(
                "POST", "/jobs/ingest", ["operation": "hardDelete", "object": "Contact"])
            #expect(answer.errorCode == "FEATURENOTENABLED")
        }
    }

    @Test func jobsAreListedInTheOrderCreated() async throws {
        try await withEmulator { _, client in
            let ids = [
                try await client.createJob("Contact", "insert"),
                try await client.createJob("Lead", "delete"),
            ]
            let answer = try await client.call("GET", "/jobs/ingest")
            #expect(answer.json["done"] == true)
            #expect(answer.json["records"]?.array?.map { $0["id"] } == ids.map(JSON.string))
            #expect(try await client.call("GET", "/jobs/query").json["records"] == [])
        }
    }

    @Test func aThousandRowsRunInChunksWhileOtherCallsAreServed() async throws {
        try await withEmulator { server, client in
            let rows = (0..<1_000).map { "name\($0),k\($0)" }.joined(separator: "\n")
            let (id, info) = try await client.ingest(
                "Contact", "upsert", key: "External_Id__c", "LastName,External_Id__c\n\(rows)\n")
            #expect(info["numberRecordsProcessed"] == 1_000)
            #expect(server.org.count(of: "Contact") == 1_000)
            let lines = try await client.results(id, "successfulResults").split(separator: "\n")
            #expect(lines.count == 1_001)
            #expect(server.org.statistics.created == 1_000)
            let limits = try await client.call("GET", "/limits")
            #expect(limits.json["DailyBulkApiBatches"]?["Remaining"] == 14_999)
        }
    }
}

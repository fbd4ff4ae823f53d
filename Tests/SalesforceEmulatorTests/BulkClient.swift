import SalesforceEmulator
import Testing

extension APIClient {
    /// Creates an ingest job and returns its id.
    func createJob(
        _ object: String, _ operation: String, key: String? = nil, _ more: [JSON.Member] = []
    ) async throws -> String {
        var members: [JSON.Member] = [
            .init("object", .string(object)), .init("operation", .string(operation)),
            .init("contentType", "CSV"), .init("lineEnding", "LF"),
        ]
        if let key { members.append(.init("externalIdFieldName", .string(key))) }
        let answer = try await call("POST", "/jobs/ingest", .object(members + more))
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(answer.json["id"]?.string)
    }

    func upload(_ id: String, _ csv: String) async throws -> Answer {
        try await send(
            "PUT", Self.data + "/jobs/ingest/\(id)/batches", body: Array(csv.utf8),
            headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "text/csv")])
    }

    func setState(_ id: String, _ state: String, query: Bool = false) async throws -> Answer {
        try await call(
            "PATCH", "/jobs/\(query ? "query" : "ingest")/\(id)", ["state": .string(state)])
    }

    func jobInfo(_ id: String, query: Bool = false) async throws -> JSON {
        try await call("GET", "/jobs/\(query ? "query" : "ingest")/\(id)").json
    }

    /// Asks until the job is in one of `states`; the test's own limit is the only bound.
    func wait(
        _ id: String, for states: Set<String> = ["JobComplete", "Failed", "Aborted"],
        query: Bool = false
    ) async throws -> JSON {
        while true {
            let info = try await jobInfo(id, query: query)
            if states.contains(info["state"]?.string ?? "") { return info }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func results(_ id: String, _ kind: String) async throws -> String {
        try await call("GET", "/jobs/ingest/\(id)/\(kind)").text
    }

    /// Runs a whole job and returns its id and final information.
    func ingest(
        _ object: String, _ operation: String, key: String? = nil, _ csv: String
    ) async throws -> (id: String, info: JSON) {
        let id = try await createJob(object, operation, key: key)
        let upload = try await upload(id, csv)
        #expect(upload.status == 201, "\(upload.text)")
        let closed = try await setState(id, "UploadComplete")
        #expect(closed.json["state"] == "UploadComplete")
        return (id, try await wait(id))
    }
}

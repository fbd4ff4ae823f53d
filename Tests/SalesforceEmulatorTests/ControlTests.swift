import Testing

@testable import SalesforceEmulator

@Suite struct ControlTests {
    @Test func recordsAreSeededEditedDeletedAndListed() async throws {
        try await withEmulator { server, client in
            let seeded = try await client.control(
                "POST", "records/Contact", [["LastName": "a"], ["LastName": "b"]])
            #expect(seeded.status == 201)
            let id = try #require(seeded.json["ids"]?[0]?.string)
            #expect(
                try await client.control("PATCH", "records/Contact/\(id)", ["Title": "Dr"]).status
                    == 204)
            let other = try #require(seeded.json["ids"]?[1]?.string)
            #expect(try await client.control("DELETE", "records/Contact/\(other)").status == 204)
            let list = try await client.control("GET", "records/Contact")
            #expect((list.json.array ?? []).map { $0["Title"] } == ["Dr"])
            let all = try await client.control("GET", "records/Contact?deleted=true")
            #expect(all.json.array?.count == 2)
            let truth = try await client.control("GET", "truth")
            #expect(truth.json == [])
            #expect(server.org.edits.count == 4)
            let refused = try await client.control("POST", "records/Contact", [["Title": "x"]])
            #expect(refused.status == 400)
            #expect(refused.errorCode == "REQUIRED_FIELD_MISSING")
        }
    }

    @Test func statisticsCountCallsWritesAndNoOps() async throws {
        try await withEmulator { server, client in
            let created = try await client.call(
                "POST", "/sobjects/Contact", ["LastName": "x", "Email": "A@b.com"])
            let id = try #require(created.json["id"]?.string)
            let same: JSON = ["id": .string(id), "Email": " a@B.com ", "LastName": "x"]
            _ = try await client.call("PATCH", "/composite/sobjects", batch("Contact", [same]))
            _ = try await client.call("POST", "/sobjects/Contact", [:])
            _ = try await client.query("SELECT Id FROM Contact")
            let stats = try await client.control("GET", "stats").json
            #expect(stats["calls"] == 5)
            #expect(stats["callsByKind"]?["create"] == 2)
            #expect(stats["callsByKind"]?["token"] == 1)
            #expect(stats["recordsWritten"] == 2)
            #expect(stats["noOpWrites"] == 1)
            #expect(stats["refused"] == 1)
            #expect(stats["limit"]?["used"] == 4)
            #expect(server.org.truth.map(\.isNoOp) == [false, true])
            #expect(server.org.truth[0].fields == ["LastName": "x", "Email": "a@b.com"])

            #expect(try await client.control("POST", "reset").status == 204)
            let fresh = try await client.control("GET", "stats").json
            #expect(fresh["calls"] == 0)
            #expect(try await client.query("SELECT Id FROM Contact").json["totalSize"] == 0)
        }
    }

    @Test func theDailyLimitCountsAndStops() async throws {
        try await withEmulator { server, client in
            let first = try await client.call("GET", "/limits")
            #expect(first.headers["sforce-limit-info"] == "api-usage=1/15000")
            #expect(first.json["DailyApiRequests"] == ["Max": 15_000, "Remaining": 14_999])
            _ = try await client.control("POST", "limits", ["max": 20, "used": 19])
            #expect(try await client.call("GET", "/limits").status == 200)
            let stopped = try await client.call("POST", "/sobjects/Contact", ["LastName": "x"])
            #expect(stopped.status == 403)
            #expect(stopped.message == "TotalRequests Limit exceeded.")
            #expect(server.org.truth.isEmpty)
            _ = try await client.control("POST", "sessions/expire")
            #expect(try await client.call("GET", "/limits").status == 401)
        }
    }

    @Test func faultsAreInjectedAndClearedOverHttp() async throws {
        try await withEmulator { server, client in
            let fault: JSON = ["on": "limits", "effect": "html", "times": "forever"]
            #expect(try await client.control("POST", "faults", fault).status == 204)
            #expect(try await client.call("GET", "/limits").status == 503)
            #expect(try await client.control("DELETE", "faults").status == 204)
            #expect(try await client.call("GET", "/limits").status == 200)
            #expect(try await client.control("POST", "faults", ["effect": "?"]).status == 400)
            server.org.inject(Fault(on: .create, .late(milliseconds: nil)))
            await #expect(throws: (any Error).self) {
                try await client.call("POST", "/sobjects/Contact", ["LastName": "x"])
            }
            let released = try await client.control("POST", "late/release")
            #expect(released.json["released"] == 1)
            #expect(server.org.count(of: "Contact") == 1)
        }
    }

    @Test func versionsNeedNoTokenAndOldOnesAreGone() async throws {
        try await withEmulator { server, client in
            let versions = try await client.send("GET", "/services/data", headers: [])
            #expect(versions.status == 200)
            #expect(versions.json.array?.count == 36)
            #expect(
                versions.json[35] == [
                    "label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0",
                ])
            #expect(server.org.usedCalls == 0)
            let headers = [("Authorization", "Bearer \(client.token)")]
            let old = try await client.send("GET", "/services/data/v30.0/limits", headers: headers)
            #expect(old.status == 410)
            let future = try await client.send(
                "GET", "/services/data/v67.0/limits", headers: headers)
            #expect(future.status == 404)
        }
    }

    @Test func compressedBodiesAreRead() async throws {
        try await withEmulator { server, client in
            // `{"LastName":"x"}` in one stored block.
            let text = Array(#"{"LastName":"x"}"#.utf8)
            let count = UInt8(text.count)
            let packed: [UInt8] =
                [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, count, 0, ~count, 0xFF] + text
                + [UInt8](repeating: 0, count: 8)
            let headers = [
                ("Authorization", "Bearer \(client.token)"), ("Content-Type", "application/json"),
                ("Content-Encoding", "gzip"),
            ]
            let path = APIClient.data + "/sobjects/Contact"
            let answer = try await client.send("POST", path, body: packed, headers: headers)
            #expect(answer.status == 201)
            let broken = try await client.send("POST", path, body: text, headers: headers)
            #expect(broken.status == 400)
        }
    }

    @Test func aTakenPortIsAnErrorThatNamesIt() async throws {
        try await withEmulator { server, _ in
            var options = EmulatorOptions()
            options.port = server.port
            let taken = options
            await #expect(throws: EmulatorError.self) {
                try await EmulatorServer.withRunning(taken) { _ in }
            }
        }
    }
}

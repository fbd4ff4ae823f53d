import Testing

@testable import SalesforceEmulator

@Suite struct QueryRoutesTests {
    @Test func pagesAreLinkedAndTotalsAreWhole() async throws {
        try await withEmulator { server, client in
            try server.org.seed(
                "Lead", (0..<4_100).map { ["LastName": .string("L\($0)"), "Company": "c"] })
            var answer = try await client.query("SELECT Id, LastName FROM Lead")
            var sizes: [Int] = []
            var names: [JSON?] = []
            while true {
                #expect(answer.json["totalSize"] == 4_100)
                let records = answer.json["records"]?.array ?? []
                sizes.append(records.count)
                names += records.map { $0["LastName"] }
                guard let next = answer.json["nextRecordsUrl"]?.string else { break }
                #expect(answer.json["done"] == false)
                #expect(next.hasPrefix(APIClient.data + "/query/0r8"))
                answer = try await client.call(
                    "GET", String(next.dropFirst(APIClient.data.count)))
            }
            #expect(answer.json["done"] == true)
            #expect(sizes == [2_000, 2_000, 100])
            #expect(names == (0..<4_100).map { .string("L\($0)") })

            let small = try await client.call(
                "GET", "/query?q=" + APIClient.encoded("SELECT Id FROM Lead"), nil,
                [("Sforce-Query-Options", "batchSize=200")])
            #expect(small.json["records"]?.array?.count == 200)
            let next = try #require(small.json["nextRecordsUrl"]?.string)
            server.org.expireCursors()
            let lost = try await client.call("GET", String(next.dropFirst(APIClient.data.count)))
            #expect(lost.status == 400)
            #expect(lost.errorCode == "INVALID_QUERY_LOCATOR")
        }
    }

    @Test func onlyGetIsServedAndTooLongTargetsAreRefused() async throws {
        try await withEmulator { _, client in
            let post = try await client.call("POST", "/query", ["q": "SELECT Id FROM Lead"])
            #expect(post.status == 405)
            #expect(post.errorCode == "METHOD_NOT_ALLOWED")
            let long = String(repeating: "a", count: 16_400)
            #expect(
                try await client.query("SELECT Id FROM Lead WHERE City = '\(long)'").status == 414)
            let header = [("X-Long", String(repeating: "a", count: 16_300))]
            #expect(try await client.call("GET", "/limits", nil, header).status == 431)
        }
    }

    @Test func fiveHundredValuesAreFoundByIndex() throws {
        let org = Org(EmulatorOptions())
        try org.seed(
            "Contact",
            (0..<5_000).map { ["LastName": "x", "Email": .string("p\($0)@example.com")] })
        let values = (0..<500).map { "'P\($0 * 10)@example.com'" }.joined(separator: ",")
        let statement = "SELECT Id FROM Contact WHERE Email IN (\(values)) AND LastName = 'x'"
        try org.withState { (state) throws(Refusal) in
            let json = try state.query(
                statement, includesDeleted: false, pageRowMax: 2_000, version: "v66.0")
            #expect(json["totalSize"] == 500)
        }
    }
}

import EventLog
import Events
import Ingest
import Testing

/// CSV files as events in the log.
@Suite struct CSVFileTests {
    private static func ingest(
        _ text: String, _ rules: [String] = [], kind: EventKind? = nil,
        _ check: (FileOutcome, [Event]) throws -> Void
    ) async throws {
        let format = FileFormat.csv(try ColumnRules(rules, kind: kind))
        try await FileOutcome.ingest([Array(text.utf8)], as: format) { outcomes, log in
            let entries = try log.reader().entries(after: .zero, countMax: 99, bytesMax: 1 << 20)
            try check(try #require(outcomes.first), try entries.map(EventBody.decode))
        }
    }

    private static func text(_ events: [Event]) -> [String] {
        events.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test func headerNamedLikeTheSpecificationNeedsNoRules() async throws {
        let csv = """
            messageId,userId,traits.email,traits.address.city,traits.age:number,timestamp
            m1,u1,a@example.com,Rome,41,2025-01-02T03:04:05Z
            m2,u2,b@example.com,,,
            m3,u3,"c ""d"", e@example.com","New
            York",007e-0,
            """
        try await Self.ingest(csv) { outcome, events in
            #expect(
                Self.text(events) == [
                    #"{"messageId":"m1","userId":"u1","traits":{"email":"a@example.com","#
                        + #""address":{"city":"Rome"},"age":41},"#
                        + #""timestamp":"2025-01-02T03:04:05Z","type":"identify"}"#,
                    #"{"messageId":"m2","userId":"u2","traits":{"email":"b@example.com"},"#
                        + #""type":"identify"}"#,
                ])
            #expect(events.map(\.messageID) == ["m1", "m2"])
            #expect(events.map(\.kind) == [.identify, .identify])
            // JSON has no leading zeros; the cell is named where it stands.
            #expect(outcome.rejections.map(\.rejection.code) == ["invalid-number"])
            #expect(outcome.rejections.map(\.rejection.field) == ["traits.age"])
            #expect(outcome.rejections.map(\.line) == [5])
            #expect(outcome.rejections.map(\.column) == [7])
        }
    }

    @Test func rulesSayWhereColumnsGo() async throws {
        let csv = """
            Id;x,E-mail,Wert=1,Plan,Notes,VIP,Tags
            1,a@example.com,5,pro,secret,TRUE,"[""a"",""b""]"
            2,b@example.com,6,,secret,false,null
            """
        let rules = [
            "Id;x=userId", "E-mail=$.traits.email", "Wert=1=traits.value:number", "Notes=",
            "VIP=traits.vip:boolean", "Tags=traits['the tags']:json", "*=traits",
        ]
        try await Self.ingest(csv, rules) { outcome, events in
            #expect(outcome.rejections.isEmpty)
            #expect(
                Self.text(events) == [
                    #"{"userId":"1","traits":{"email":"a@example.com","value":5,"Plan":"pro","#
                        + #""vip":true,"the tags":["a","b"]},"type":"identify"}"#,
                    #"{"userId":"2","traits":{"email":"b@example.com","value":6,"vip":false,"#
                        + #""the tags":null},"type":"identify"}"#,
                ])
        }
    }

    @Test func allOtherColumnsGoBeneathOnePathUnlessTheirNameIsUnmistakable() async throws {
        let csv = "userId,name,event,age:number,a.b,traits.c,messageId\nu,N,E,3,x,y,m"
        try await Self.ingest(csv, ["*=traits"]) { outcome, events in
            #expect(
                Self.text(events) == [
                    #"{"userId":"u","traits":{"name":"N","event":"E","age":3,"a.b":"x","c":"y"},"#
                        + #""messageId":"m","type":"identify"}"#
                ])
        }
        try await Self.ingest("userId,name,x\nu,N,1", ["*="]) { outcome, events in
            // Left out means all that no rule names.
            #expect(events.isEmpty)
            #expect(outcome.rejections.map(\.rejection.code) == ["missing-field"])
        }
    }

    @Test func typeComesFromTheRowOrIsSaid() async throws {
        try await Self.ingest("type,userId,event\ntrack,u,Bought\npage,u,\n,u,") {
            outcome, events in
            #expect(events.map(\.kind) == [.track, .page])
            #expect(outcome.rejections.map(\.rejection.field) == ["type"])
            #expect(outcome.rejections.map(\.line) == [4])
        }
        try await Self.ingest("groupId,anonymousId,traits.name\ng,a,Acme", kind: .group) {
            #expect($1.map(\.kind) == [.group])
            #expect($0.rejections.isEmpty)
        }
    }

    @Test(arguments: [
        ("userId,traits.age:number\nu,old", "2:3", "malformed-row", "no number"),
        ("userId,traits.vip:boolean\nu,yes", "2:3", "malformed-row", "true nor false"),
        ("userId,traits.x:json\nu,{", "2:3", "malformed-row", "no JSON"),
        (#"userId,traits.x:json\#nu,"1,""userId"":2""#, "2:3", "malformed-row", "no JSON"),
        ("userId,traits.a\nu", "2:2", "malformed-row", "1 cells, the header has 2"),
        ("userId,traits.a\nu,b,c", "2:5", "malformed-row", "3 cells, the header has 2"),
        ("userId,traits.a\nu,b\"c\"", "2:4", "malformed-row", "quote within"),
        ("userId,traits.a\nu,\"b\"c", "2:6", "malformed-row", "follows a closing quote"),
        ("userId,traits.a\nu,\"b\nc", "2:3", "malformed-row", "never closed"),
        ("userId,traits.a\nu,é\rb", "2:4", "malformed-row", "carriage return"),
        ("userId,traits.a\n,b", "2:1", "missing-field", "userId or anonymousId"),
        ("userId,timestamp\nu,soon", "2:3", "invalid-timestamp", "date"),
        ("userId,traits.a\nu,\u{0}", "2:3", "nul-character", "U+0000"),
    ])
    func badRowIsToldWithItsPlace(
        csv: String, place: String, code: String, words: String
    ) async throws {
        let good = "\n\nu9," + (csv.contains("timestamp") ? "2025-01-01" : "")
        try await Self.ingest(csv + (words.contains("closed") ? "" : good)) { outcome, events in
            let told = outcome.rejections.map { rejection in
                "\(rejection.line):\(rejection.column.map(String.init) ?? "-")"
            }
            #expect(told == [place])
            #expect(outcome.rejections.map(\.rejection.code) == [code])
            #expect(outcome.rejections.first?.rejection.message.contains(words) == true)
            #expect(outcome.rejections.first?.rejection.byteOffset == nil)
            // Rows after it are read, unless its quote has swallowed them.
            #expect(events.count == (words.contains("closed") ? 0 : 1))
        }
    }

    @Test(
        arguments: [
            ("", [], "1:1", "no row"), ("email,userId\na,b", [], "1:1", "\"email\" is no member"),
            ("userId,e-mail", [], "1:8", "--map \"e-mail=traits.…\""),
            ("userId,userId", [], "1:8", "second column"),
            ("userId,traits", [], "1:8", "traits:json"),
            ("traits.a,traits.a.b", [], "1:10", "another column"),
            ("traits.a.b,traits.a", [], "1:12", "another column"),
            ("userId,traits.a[0]", [], "1:8", "list"), ("userId,event", [], "1:8", "--type track"),
            ("userId,\"a\"b", [], "1:11", "closing quote"),
            ("userId,a", ["b=traits.b"], "1:1", "no column \"b\""),
        ] as [(String, [String], String, String)])
    func headerThatDoesNotSayWhatRowsMeanIsRefused(
        csv: String, rules: [String], place: String, words: String
    ) async throws {
        try await Self.ingest(csv, rules) { outcome, events in
            guard case .unusableHeader(_, let line, let column, let problem) = outcome.failure
            else {
                Issue.record("\(String(describing: outcome.failure))")
                return
            }
            #expect("\(line):\(column)" == place)
            #expect(problem.contains(words), "\(problem)")
            #expect(events.isEmpty)
        }
    }

    @Test(arguments: ["email", "a=b", "a=traits.", "a=traits[0]", "a=email:number", "*=no.where"])
    func ruleThatMeansNothingIsAMistake(rule: String) {
        #expect(throws: ColumnRules.Mistake.self) { try ColumnRules([rule]) }
    }

    @Test func sameFileIsAllDuplicatesAndAnotherMappingIsAnotherFile() async throws {
        let csv = Array("\u{FEFF}id,plan\r\n1,pro\r\n1,pro\r\n2,free\r\n".utf8)
        let first = FileFormat.csv(try ColumnRules(["id=userId", "*=traits"]))
        let second = FileFormat.csv(try ColumnRules(["id=userId", "plan=traits.tier"]))
        let files = [(csv, first), (try Gzip.compress(csv), first), (csv, second), (csv, first)]
        try await FileOutcome.ingest(files) { outcomes, log in
            #expect(outcomes.map(\.counts.accepted) == [3, 0, 3, 0])
            #expect(outcomes.map(\.counts.duplicates) == [0, 3, 0, 3])
            #expect(outcomes.flatMap(\.rejections).isEmpty)
        }
    }
}

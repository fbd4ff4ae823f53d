import Testing

@Suite struct WeaknessPageTests {
    @Test func everyKnownWeaknessHasATestOfItsOwn() throws {
        let paths = Checkout.files(in: ["Tests"]) { $0.hasSuffix("Tests.swift") }
        var sources: [String: String] = [:]
        for path in paths {
            let name = path.split(separator: "/").last?.dropLast(".swift".count)
            if let name { sources[String(name)] = try Checkout.text(path) }
        }
        let page = WeaknessPage(try Checkout.text(WeaknessPage.path))
        #expect(page.rows.count == 33)
        expectNone(page.problems(sources: sources))
    }

    /// A test that plays a weakness and is not listed would be lost to whoever reads the page.
    @Test func everyTestOfAWeaknessIsListed() throws {
        let listed = Set(WeaknessPage(try Checkout.text(WeaknessPage.path)).rows.flatMap(\.tests))
        // With the indentation of their functions.
        let suites = [
            ("EndToEndTests/PeerMatchingTests", "        "),
            ("EndToEndTests/PeerBatchTests", "        "),
            ("EndToEndTests/PeerValueTests", "        "), ("DeliveryTests/PeerJobTests", "    "),
        ]
        for (path, indentation) in suites {
            let suite = path.split(separator: "/").last ?? ""
            let tests = try Checkout.text("Tests/\(path).swift").split(separator: "\n")
                .filter { $0.hasPrefix(indentation) }
                .map { $0.dropFirst(indentation.count).trimmingPrefix("@Test ") }
                .filter { $0.hasPrefix("func ") }
                .map { $0.dropFirst("func ".count).prefix { $0 != "(" } }
            #expect(!tests.isEmpty, "\(path)")
            expectNone(tests.map { "\(suite).\($0)" }.filter { !listed.contains($0) })
        }
    }

    // MARK: - The checker, on planted input

    @Test func rowsWithoutTheirTestsAreFound() {
        let page = WeaknessPage(
            """
            | | elsewhere | here | shown by |
            |---|---|---|---|
            | M1 | a | b | `ATests.one` |
            | M1 | a | b | `ATests.gone`, `BTests.two` |
            | M2 | a `c` | b | |
            | B1 | a | b | `ATests.one` |
            """)
        #expect(page.rows.map(\.number) == ["M1", "M1", "M2", "B1"])
        let problems = page.problems(sources: ["ATests": "@Test func one() {}"])
        for wanted in [
            "M1 is not there exactly once", "B2 is not there exactly once", "M2 names no test",
            "M1: no test ATests.gone", "M1: no test BTests.two",
            "B1: ATests.one stands for another row too", "B1 is not shown over calls and jobs",
        ] {
            #expect(problems.contains(wanted), "\(wanted)")
        }
    }
}

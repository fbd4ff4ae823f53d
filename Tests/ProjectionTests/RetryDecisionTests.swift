import Projection
import Records
import Testing

/// However many keys are let go at once, each entry that says so stays small.
@Suite struct RetryDecisionTests {
    private func key(_ number: Int, _ text: String = "person") -> MatcherKey {
        MatcherKey(object: "Contact", terms: [.init(field: "Email", form: "\(text)\(number)")])
    }

    private func keys(of decisions: [DecisionEntry]) -> [MatcherKey] {
        decisions.flatMap { decision -> [MatcherKey] in
            guard case .retry(let keys) = decision else { return [] }
            return keys
        }
    }

    @Test func noKeysAreNoDecision() {
        #expect(DecisionEntry.retries(of: []).isEmpty)
    }

    @Test(
        arguments: ["person", "\"quoted\\", "line\nand\u{1}tab\t\u{7F}", "Ďábel 🦊/"],
        [120, 1_000, 20_000])
    func everyKeyIsInOneDecisionAndNoneIsLarger(text: String, bytesMax: Int) throws {
        let all = (0..<500).map { key($0, text) }
        let decisions = DecisionEntry.retries(of: all, bytesMax: bytesMax)
        #expect(keys(of: decisions) == all)
        for decision in decisions {
            #expect(try LogJSON.encode(decision).count <= bytesMax)
        }
        let bytes = try LogJSON.encode(.retry(keys: all) as DecisionEntry).count
        #expect(decisions.count >= bytes / bytesMax)
        #expect(decisions.count < 3 + 4 * bytes / bytesMax, "they are filled")
    }

    @Test func aKeyThatAloneIsTooLargeIsADecisionByItself() {
        let large = key(1, String(repeating: "x", count: 500))
        let decisions = DecisionEntry.retries(of: [key(0), large, key(2)], bytesMax: 120)
        #expect(decisions.count == 3)
        #expect(keys(of: decisions) == [key(0), large, key(2)])
    }

    @Test func asManyKeysAsOneEntryCouldNotHoldAreSeveral() throws {
        let all = (0..<150_000).map { key($0, "a.person.with.a.usual.address@example.com") }
        let decisions = DecisionEntry.retries(of: all)
        #expect(keys(of: decisions) == all)
        for decision in decisions {
            #expect(try LogJSON.encode(decision).count <= DecisionEntry.retryBytesMax)
        }
    }
}

import Testing

@testable import Actions

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("matcher", "matchers"), ("Trigger", "trigger"), ("opertaion", "operation"),
        ("match_ers", "matchers"), ("fileds", "fields"), ("filds", "fields"),
    ])
    func aSlipOfTheFingersIsRecognised(given: String, meant: String) {
        #expect(NearestName.of(given, among: ConfigurationKeys.action) == meant)
    }

    @Test(arguments: ["", "zzz", "zebra crossing", "x"])
    func whatIsFarFromEverythingGetsNoSuggestion(given: String) {
        #expect(NearestName.of(given, among: ConfigurationKeys.action) == nil)
    }

    @Test func theNearestComesFirstAndEqualsStayInOrder() {
        #expect(
            NearestName.sorted(["Free", "Platinum", "Gold", "Bold"], from: "gold")
                == ["Gold", "Bold", "Free", "Platinum"])
    }
}

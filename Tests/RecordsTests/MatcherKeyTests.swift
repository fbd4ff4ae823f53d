import Testing

@testable import Records

@Suite struct MatcherKeyTests {
    @Test(arguments: ["ann@example.com", "", "é\u{301}", String(repeating: "x", count: 900)])
    func theTextOfAKeyOfOneTermIsTheSameWithoutTheKey(form: String) {
        let term = MatcherKey.Term(field: "Email", form: form)
        let key = MatcherKey(object: "Contact", terms: [term])
        #expect(MatcherKey.textBytes(object: "Contact", term: term) == Array(key.text.utf8))
        #expect(MatcherKey(text: key.text) == key)
    }
}

import Events
import Testing

@Suite struct EventBytesTests {
    @Test(arguments: [
        (#"{"a":1}"#, #"{"a":1}"#, true),
        // A retry: the same but for what libraries stamp anew.
        (#"{"a":1,"sentAt":"2026-01-01"}"#, #"{"a":1,"sentAt":"2026-01-02"}"#, true),
        (#"{"a":1,"sentAt":"2026-01-01"}"#, #"{"a":1}"#, true),
        (#"{"a":1,"writeKey":"old"}"#, #"{"writeKey":"new","a":1}"#, true),
        (#"{"a":1,"b":2}"#, #"{"b":2, "a":1}"#, true),
        // Another body.
        (#"{"a":1}"#, #"{"a":2}"#, false),
        (#"{"a":1.0}"#, #"{"a":1}"#, false),
        (#"{"traits":{"sentAt":"x"}}"#, #"{"traits":{"sentAt":"y"}}"#, false),
        (#"{"a":null}"#, #"{}"#, false),
        // What a batch said: nothing and only a sentAt are the same.
        ("", #"{"sentAt":"2026-01-01"}"#, true),
        ("", #"{"context":{}}"#, false),
        // Each door stamps when it received it.
        (#"{"sentAt":"2026-01-01"}"#, #"{"receivedAt":"2026-01-01T00:00:01Z"}"#, true),
        ("no json", "no json", true),
        ("no json", "{}", false),
        // Texts that look alike and are not: é as one character and as two, and a K for kelvin.
        (#"{"a":"caf\u00e9"}"#, "{\"a\":\"caf\u{E9}\"}", true),
        ("{\"a\":\"caf\u{E9}\"}", "{\"a\":\"cafe\u{301}\"}", false),
        (#"{"a":"caf\u00e9"}"#, #"{"a":"cafe\u0301"}"#, false),
        (#"{"a":["caf\u00e9"]}"#, #"{"a":["cafe\u0301"]}"#, false),
        (#"{"caf\u00e9":1}"#, #"{"cafe\u0301":1}"#, false),
        (#"{"write\u212aey":1}"#, #"{"write\u212aey":2}"#, false),
    ])
    func retryIsTheSameMessage(left: String, right: String, isSame: Bool) {
        #expect(EventBytes.isSameMessage(Array(left.utf8), Array(right.utf8)) == isSame)
        #expect(EventBytes.isSameMessage(Array(right.utf8), Array(left.utf8)) == isSame)
    }
}

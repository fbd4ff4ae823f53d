import Events
import Testing

@Suite struct MessageFormTests {
    @Test(arguments: [
        ("[1]", MessageForm.batch), (#"{"batch":[]}"#, .batch), (#"{"type":"page"}"#, .event),
        ("7", .event), ("", .event), ("{}", .event), ("{", .event), (#"{"payload"#, .event),
        (#"{"properties":{"batch":[]}}"#, .event),
        (#" {"payload":{"a":1}}"#, .archived(payload: 12..<19, createdAt: nil)),
        (
            #"{"createdAt":"1970-01-01T00:00:01Z","payload":{}}"#,
            .archived(payload: 46..<48, createdAt: 1_000)
        ),
        // An event may have a member of that name itself; no object, no wrapping.
        (#"{"type":"track","payload":{}}"#, .event), (#"{"payload":{},"type":"track"}"#, .event),
        (#"{"payload":"text","userId":"u"}"#, .event),
    ])
    func formIsToldByTheOutermostMembers(text: String, form: MessageForm) {
        #expect(Array(text.utf8).withUnsafeBytes { MessageForm($0) } == form)
    }
}

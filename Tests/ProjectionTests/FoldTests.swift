import Testing

@testable import Projection

/// What events mean, as a table: actions, events in the order of the log, and the records that come
/// out.
@Suite struct FoldTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let actions: String
        let events: [TestEvent]
        let records: [String]
        var skips: [String] = []

        var testDescription: String { name }
    }

    @Test(arguments: values + lifetimes + identities + several)
    func eventsFoldInto(_ example: Case) async throws {
        try await withProjection(example.actions) { bench in
            try await bench.send(example.events)
            #expect(try bench.records().map(\.content) == example.records)
            #expect(try bench.state.skipped(countMax: 10).map(\.reason) == example.skips)
        }
    }

    static let values: [Case] = [
        Case(
            name: "the latest event time wins, field by field", actions: TestActions.upsert,
            events: [
                TestEvent(20, #""email":"a@x.org","first":"Late""#),
                TestEvent(10, #""email":"a@x.org","first":"Early","last":"L""#),
            ],
            records: ["Contact exists Email=a@x.org | FirstName=Late LastName=L"]),
        Case(
            name: "at equal event times the later position wins", actions: TestActions.upsert,
            events: [
                TestEvent(10, #""email":"a@x.org","first":"One""#),
                TestEvent(10, #""email":"a@x.org","first":"Two""#),
            ],
            records: ["Contact exists Email=a@x.org | FirstName=Two"]),
        Case(
            name: "a null clears, an absent value leaves alone", actions: TestActions.upsert,
            events: [
                TestEvent(10, #""email":"a@x.org","first":"Ann","last":"Lee""#),
                TestEvent(20, #""email":"a@x.org","first":null"#),
            ],
            records: ["Contact exists Email=a@x.org | FirstName=null LastName=Lee"]),
        Case(
            name: "a null that is to be ignored leaves alone",
            actions: TestActions.action("ignoring", more: #""null":"ignore""#),
            events: [
                TestEvent(10, #""email":"a@x.org","first":"Ann""#),
                TestEvent(20, #""email":"a@x.org","first":null,"last":"Lee""#),
            ],
            records: ["Contact exists Email=a@x.org | FirstName=Ann LastName=Lee"]),
        Case(
            name: "by arrival the later position wins over a later time",
            actions: TestActions.action("arriving", more: #""order":"arrival""#),
            events: [
                TestEvent(20, #""email":"a@x.org","first":"First""#),
                TestEvent(10, #""email":"a@x.org","first":"Second""#),
            ],
            records: ["Contact exists Email=a@x.org | FirstName=Second"]),
        Case(
            name: "an earlier value that cannot be sent does not win",
            actions: TestActions.action("typed", fields: #""Score__c":"$.properties.score""#),
            events: [
                TestEvent(20, #""email":"a@x.org","score":"12.50""#),
                TestEvent(10, #""email":"a@x.org","score":"many""#),
            ],
            records: ["Contact exists Email=a@x.org | Score__c=12.5"]),
    ]

    static let lifetimes: [Case] = [
        Case(
            name: "a delete forgets what came before it", actions: TestActions.upsertAndDelete,
            events: [
                TestEvent(10, #""email":"a@x.org","first":"Ann""#),
                TestEvent(20, #""email":"a@x.org""#, "Deleted"),
            ],
            records: ["Contact absent Email=a@x.org |"]),
        Case(
            name: "an upsert after a delete starts afresh", actions: TestActions.upsertAndDelete,
            events: [
                TestEvent(10, #""email":"a@x.org","first":"Ann""#),
                TestEvent(20, #""email":"a@x.org""#, "Deleted"),
                TestEvent(30, #""email":"a@x.org","last":"Lee""#),
            ],
            records: ["Contact exists Email=a@x.org | LastName=Lee"]),
        Case(
            name: "an upsert from before a delete that it comes after changes nothing",
            actions: TestActions.upsertAndDelete,
            events: [
                TestEvent(20, #""email":"a@x.org""#, "Deleted"),
                TestEvent(10, #""email":"a@x.org","first":"Ann""#),
            ],
            records: ["Contact absent Email=a@x.org |"]),
        Case(
            name: "a delete from before an upsert takes only what is older",
            actions: TestActions.upsertAndDelete,
            events: [
                TestEvent(10, #""email":"a@x.org","first":"Old""#),
                TestEvent(30, #""email":"a@x.org","last":"New""#),
                TestEvent(20, #""email":"a@x.org""#, "Deleted"),
            ],
            records: ["Contact exists Email=a@x.org | LastName=New"]),
        Case(
            name: "an update asks for values only if there is a record",
            actions: TestActions.update,
            events: [TestEvent(10, #""email":"a@x.org","first":"Ann""#, "Seen")],
            records: ["Contact if-exists Email=a@x.org | FirstName=Ann"]),
        Case(
            name: "an update does not bring back what is deleted",
            actions: TestActions.upsertAndDelete + "," + TestActions.update,
            events: [
                TestEvent(10, #""email":"a@x.org""#, "Deleted"),
                TestEvent(20, #""email":"a@x.org","first":"Ann""#, "Seen"),
            ],
            records: ["Contact absent Email=a@x.org | FirstName=Ann"]),
        Case(
            name: "each event of a create action is a record", actions: TestActions.create,
            events: [
                TestEvent(10, #""first":"One""#, "Ordered"),
                TestEvent(10, #""first":"Two""#, "Ordered"),
            ],
            records: [
                "Contact exists (new) | FirstName=One", "Contact exists (new) | FirstName=Two",
            ]),
    ]

    static let identities: [Case] = [
        Case(
            name: "matcher values are compared as Salesforce compares them",
            actions: TestActions.upsert,
            events: [
                TestEvent(10, #""email":"Ann@X.org ","first":"Ann""#),
                TestEvent(20, #""email":"ann@x.org","last":"Lee""#),
            ],
            records: ["Contact exists Email=ann@x.org | FirstName=Ann LastName=Lee"]),
        Case(
            name: "texts that differ in Unicode normalisation only are two keys",
            actions: TestActions.action("ext", matchers: #""External_Id__c":"$.properties.ext""#),
            events: [
                TestEvent(10, #""ext":"caf\u00e9","first":"One""#),
                TestEvent(20, #""ext":"cafe\u0301","first":"Two""#),
                TestEvent(30, #""ext":"caf\u00e9","last":"Again""#),
            ],
            records: [
                "Contact exists External_Id__c=caf\u{e9} | FirstName=One LastName=Again",
                "Contact exists External_Id__c=cafe\u{301} | FirstName=Two",
            ]),
        Case(
            name: "or: an event with one known alias joins its key", actions: TestActions.or,
            events: [
                TestEvent(10, #""email":"a@x.org","ext":"7","first":"Ann""#),
                TestEvent(20, #""ext":"7","last":"Lee""#),
            ],
            records: [
                "Contact exists Email=a@x.org External_Id__c=7 | FirstName=Ann LastName=Lee"
            ]),
        Case(
            name: "or: an event with aliases of two keys joins them", actions: TestActions.or,
            events: [
                TestEvent(10, #""email":"a@x.org","first":"Old","last":"Lee""#),
                TestEvent(20, #""ext":"7","first":"New""#),
                TestEvent(5, #""email":"a@x.org","ext":"7""#),
            ],
            records: [
                "Contact exists Email=a@x.org External_Id__c=7 | FirstName=New LastName=Lee"
            ]),
        Case(
            name: "or: no value at all is a skip with its reason", actions: TestActions.or,
            events: [TestEvent(10, #""email":"","first":"Ann""#)],
            records: [], skips: ["no record matcher has a value"]),
        Case(
            name: "and: all values together are the key", actions: TestActions.and,
            events: [
                TestEvent(10, #""email":"a@x.org","ext":"7","first":"Ann""#),
                TestEvent(20, #""email":"A@x.org","ext":"7","last":"Lee""#),
                TestEvent(20, #""email":"a@x.org","ext":"8","first":"Bob""#),
            ],
            records: [
                "Contact exists Email=a@x.org External_Id__c=7 | FirstName=Ann LastName=Lee",
                "Contact exists Email=a@x.org External_Id__c=8 | FirstName=Bob",
            ]),
        Case(
            name: "and: a missing value is a skip with its reason", actions: TestActions.and,
            events: [TestEvent(10, #""email":"a@x.org","first":"Ann""#)],
            records: [],
            skips: [
                "the record matcher External_Id__c has no value, and all matchers must match"
            ]),
        Case(
            name: "a matcher value of the wrong type is a skip",
            actions: TestActions.action("id", matchers: #""Id":"$.properties.id""#),
            events: [TestEvent(10, #""id":"nobody","first":"Ann""#)],
            records: [], skips: ["the value of matcher Id cannot be that field's type"]),
        Case(
            name: "integrations keep an event out, visibly", actions: TestActions.upsert,
            events: [
                TestEvent(
                    10, #""email":"a@x.org""#, more: #""integrations":{"Salesforce":false}"#)
            ],
            records: [], skips: ["the event's integrations exclude Salesforce"]),
    ]

    static let several: [Case] = [
        Case(
            name: "two actions on one key fold into one record",
            actions: TestActions.upsert + ","
                + TestActions.action(
                    "score", fields: #""Score__c":"$.properties.score""#),
            events: [TestEvent(10, #""email":"a@x.org","first":"Ann","score":3"#)],
            records: ["Contact exists Email=a@x.org | FirstName=Ann Score__c=3"]),
        Case(
            name: "of one event's values for one field the action further down wins",
            actions: TestActions.upsert + ","
                + TestActions.action("again", fields: #""FirstName":"$.properties.last""#),
            events: [TestEvent(10, #""email":"a@x.org","first":"Ann","last":"Lee""#)],
            records: ["Contact exists Email=a@x.org | FirstName=Lee LastName=Lee"]),
        Case(
            name: "two objects are two records",
            actions: TestActions.upsert + ","
                + TestActions.action(
                    "account", object: "Account", matchers: #""Name":"$.properties.last""#,
                    fields: #""Name":"$.properties.last""#),
            events: [TestEvent(10, #""email":"a@x.org","last":"Lee""#)],
            records: [
                "Contact exists Email=a@x.org | LastName=Lee", "Account exists Name=lee | Name=Lee",
            ]),
        Case(
            name: "two spellings of an object are one object",
            actions: TestActions.upsert + ","
                + TestActions.action(
                    "lower", object: "contact", fields: #""Score__c":"$.properties.score""#),
            events: [TestEvent(10, #""email":"a@x.org","first":"Ann","score":3"#)],
            records: ["Contact exists Email=a@x.org | FirstName=Ann Score__c=3"]),
    ]
}

import Records

/// One case of `tidemark test`: events and the records that are there before, and what should come
/// of them.
package struct Fixture: Sendable, Hashable {
    package let name: String
    package let file: String
    /// Where the case begins, from 1.
    package let line: Int
    /// When the events arrive, milliseconds since 1970 UTC; each a second after the one before.
    package let receivedAt: Int64
    package let events: [FixtureEvent]
    package let records: [FixtureRecord]
    package let expectation: FixtureExpectation
}

/// An event of a fixture, as a source would send it.
package struct FixtureEvent: Sendable, Hashable {
    /// The source it comes from; the configuration's first where the fixture says nothing.
    package let source: String?
    /// One message, JSON.
    package let bytes: [UInt8]
    package let line: Int
}

/// A record, with the fields that matter.
package struct FixtureRecord: Sendable, Hashable {
    package let object: String
    package let id: RecordID?
    package let fields: [String: FieldValue]
    package let line: Int
}

/// What a fixture wants. What it does not mention is not compared.
package struct FixtureExpectation: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case create, update, delete
    }

    package struct Operation: Sendable, Hashable {
        package let kind: Kind
        package let object: String
        package let id: RecordID?
        /// All fields that are sent; `nil` when they do not matter.
        package let fields: [String: FieldValue]?
        package let line: Int
    }

    /// A key for which nothing is sent.
    package struct Blocked: Sendable, Hashable {
        package let object: String
        /// `ambiguous`, `not-found`, `rejected`, …: as `plan` names it.
        package let code: String
        package let line: Int
    }

    /// Every operation, in any order.
    package let operations: [Operation]?
    /// Every blocked key, in any order.
    package let blocked: [Blocked]?
    /// Every record that there is in the end, by object; of each, the fields given.
    package let records: [String: [FixtureRecord]]?
}

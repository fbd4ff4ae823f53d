import Records

/// A plan that must not be applied, and why.
///
/// A violation is a defect of Tidemark, never of the data: the keys concerned are taken out of the
/// plan and parked, and nothing is sent for them.
package struct PlanViolation: Sendable, Hashable {
    package enum Rule: String, Sendable, Hashable {
        /// A key is missing from the plan, is there twice, or was never asked about.
        case keyNotOnce = "key-not-once"
        /// Two operations name the same record.
        case recordTwice = "record-twice"
        /// A create although a record matches.
        case createOverMatch = "create-over-match"
        /// A create that no key asks for.
        case createUnasked = "create-unasked"
        /// Of two creates, one would match the other's matchers.
        case createsMeet = "creates-meet"
        /// An update or delete of a record other than the one its keys match.
        case wrongRecord = "wrong-record"
        /// An update that changes nothing, or names a field that does not differ.
        case noDifference = "no-difference"
        /// An update of a record that should be gone.
        case updateUnasked = "update-unasked"
        /// A delete that no key asks for, or that a later event revoked.
        case deleteUnasked = "delete-unasked"
        /// A field that is not in describe, or that this user may not write so.
        case unwritableField = "unwritable-field"
        /// A value that no event asked for, or that a later event or the field's policy overrules.
        case unaskedValue = "unasked-value"
        /// The value before is not the one observed.
        case wrongBefore = "wrong-before"
        /// Fields out of order or twice.
        case disorder
        /// The upsert field is not a unique external id that the operation sends.
        case unsafeUpsert = "unsafe-upsert"
        /// A key called settled, blocked or deferred although it is not.
        case wrongVerdict = "wrong-verdict"
    }

    package let rule: Rule
    /// The keys concerned.
    package let keys: [UInt64]
    /// What, with the names that identify it; no values.
    package let message: String

    package init(rule: Rule, keys: [UInt64], message: String) {
        self.rule = rule
        self.keys = keys
        self.message = message
    }
}

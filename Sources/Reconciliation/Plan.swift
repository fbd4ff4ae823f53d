import Records

/// What would make Salesforce agree: the output of ``reconcile(desired:observed:description:)``.
package struct Plan: Sendable, Hashable {
    package var operations: [Operation]
    /// Keys whose desired and observed state already agree, with the record each agrees with.
    package var settled: [SettledKey]
    /// Keys for which nothing is sent, with a reason a person can act on.
    package var blocked: [BlockedKey]
    /// Fields that differ and are left so: what Salesforce holds is what it makes of our value.
    package var rewritten: [RewrittenField]
    /// Keys that may match a record which an operation of this plan creates or changes: they stay
    /// dirty and are observed again after it. Never without such an operation, so each round gets
    /// further.
    package var deferred: [DeferredKey]

    package init(
        operations: [Operation] = [], settled: [SettledKey] = [], blocked: [BlockedKey] = [],
        deferred: [DeferredKey] = [], rewritten: [RewrittenField] = []
    ) {
        self.rewritten = rewritten
        self.operations = operations
        self.settled = settled
        self.blocked = blocked
        self.deferred = deferred
    }
}

/// One record to create, update or delete.
package struct Operation: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable {
        case create, update, delete
    }

    package let kind: Kind
    package let object: String
    /// The matcher keys this settles: more than one when several resolve to the same record.
    package let keys: [UInt64]
    /// The record to change; `nil` for a create.
    package let recordID: RecordID?
    /// A create only: the unique external id field through which it is sent as an upsert, so that
    /// sending it twice makes one record.
    package let upsertField: String?
    /// Field by field: before, after and the event that asked. Sorted by field.
    package let changes: [Change]
    /// A short sentence for people: never used to decide anything.
    package let reason: String

    package init(
        kind: Kind, object: String, keys: [UInt64], recordID: RecordID?, upsertField: String?,
        changes: [Change], reason: String
    ) {
        self.kind = kind
        self.object = object
        self.keys = keys
        self.recordID = recordID
        self.upsertField = upsertField
        self.changes = changes
        self.reason = reason
    }
}

/// One field of an operation.
package struct Change: Sendable, Hashable, Codable {
    package let field: String
    package let before: FieldValue
    package let after: FieldValue
    package let cause: Cause
    /// How ``after`` was found, when it is the id of a parent that was looked up.
    package let parent: ParentReference?

    package init(
        field: String, before: FieldValue, after: FieldValue, cause: Cause,
        parent: ParentReference? = nil
    ) {
        self.field = field
        self.before = before
        self.after = after
        self.cause = cause
        self.parent = parent
    }
}

/// A key that needs nothing.
package struct SettledKey: Sendable, Hashable, Codable {
    package let key: UInt64
    /// The record it agrees with; `nil` when it agrees that there is none.
    package let recordID: RecordID?

    package init(key: UInt64, recordID: RecordID?) {
        self.key = key
        self.recordID = recordID
    }
}

/// A field of which Salesforce's own automation makes something else each time it is written.
package struct RewrittenField: Sendable, Hashable, Codable {
    /// The keys that are about the record, sorted.
    package let keys: [UInt64]
    package let recordID: RecordID
    package let field: String
    package let wanted: FieldValue
    /// What Salesforce makes of it, and holds.
    package let held: FieldValue

    package init(
        keys: [UInt64], recordID: RecordID, field: String, wanted: FieldValue, held: FieldValue
    ) {
        self.keys = keys
        self.recordID = recordID
        self.field = field
        self.wanted = wanted
        self.held = held
    }
}

/// A key that nothing can be sent for.
package struct BlockedKey: Sendable, Hashable, Codable {
    package enum Code: String, Sendable, Hashable, Codable {
        /// 300: several records match.
        case ambiguous
        /// 404: no record matches an update.
        case notFound = "not-found"
        /// A value or a field that Salesforce would refuse: found from describe, before any call.
        case rejected
        /// 424: a lookup's parent has no definite id yet.
        case waitingForParent = "waiting-for-parent"
        /// 424: a lookup's parent is not there, and the lookup says to park.
        case parentMissing = "parent-missing"
        /// 300: several records may be a lookup's parent.
        case parentAmbiguous = "parent-ambiguous"
        /// 404: people deleted the record, and the one that was made in its place.
        case deleted
        /// The record is a lead that people converted: it is read-only now.
        case converted
        /// 500: the plan for the key broke a rule that every plan must keep.
        case defect
    }

    package let key: UInt64
    package let object: String
    package let code: Code
    /// What, the identifying field names, and the remedy; no values.
    package let message: String
    /// The records that match, for `ambiguous`; the possible parents, for `parent-ambiguous`.
    package let recordIDs: [RecordID]
    /// The field whose parent it is about, for the codes that are about parents.
    package let field: String?

    package init(
        key: UInt64, object: String, code: Code, message: String, recordIDs: [RecordID] = [],
        field: String? = nil
    ) {
        self.key = key
        self.object = object
        self.code = code
        self.message = message
        self.recordIDs = recordIDs
        self.field = field
    }

    /// The status number that the reference product records.
    package var status: Int {
        switch code {
        case .ambiguous, .parentAmbiguous: 300
        case .notFound, .deleted: 404
        case .rejected, .converted: 400
        case .defect: 500
        // HTTP's "Failed Dependency".
        case .waitingForParent, .parentMissing: 424
        }
    }
}

/// A key that must wait for an operation of the same plan.
package struct DeferredKey: Sendable, Hashable, Codable {
    package let key: UInt64
    /// Keys of the operations it waits for, sorted. While one of them is in doubt this key must not
    /// be reconciled: the record it would match may be there unseen.
    package let waitsFor: [UInt64]

    package init(key: UInt64, waitsFor: [UInt64]) {
        self.key = key
        self.waitsFor = waitsFor
    }
}

/// The last write of a field that succeeded, and what became of it: how a rewrite by Salesforce's
/// own automation is told from a person's edit.
///
/// A trigger, a flow or a data-quality tool may change what was written, and no answer tells. The
/// first time the changed value is read it may as well be a person's, so the wanted one is written
/// again. When the same value is read once more after that, something makes it of ours: it is
/// agreed with, for as long as it is read and the wanted value stays.
package struct LastWrite: Sendable, Hashable {
    package let wrote: FieldValue
    /// What was read in place of ``wrote`` before the same value was written once more; `nil` when
    /// it was written once.
    package let read: FieldValue?
    /// A look has found ``read`` again: nothing is written for it.
    package var isRewritten: Bool

    package init(wrote: FieldValue, read: FieldValue? = nil, isRewritten: Bool = false) {
        self.wrote = wrote
        self.read = read
        self.isRewritten = isRewritten
    }

    /// What is known of a field after `after` was written over `before`.
    ///
    /// - Parameters:
    ///   - earlier: what was known before.
    ///   - before: what was read; `nil` when the write created the record.
    package init(_ after: FieldValue, over before: FieldValue?, following earlier: LastWrite?) {
        let isAgain = earlier?.wrote == after && before != after
        self.init(wrote: after, read: isAgain ? before : nil)
    }
}

extension FieldDescription {
    /// Whether `stored` is what Salesforce made of `wanted` before, and would make of it again.
    package func isRewrite(
        _ stored: FieldValue, of wanted: FieldValue, after last: LastWrite?
    ) -> Bool {
        guard let last, let read = last.read else { return false }
        return canonical(last.wrote) == canonical(wanted) && canonical(read) == canonical(stored)
    }
}

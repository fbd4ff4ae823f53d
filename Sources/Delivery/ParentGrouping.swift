import Reconciliation
import Records

/// Keeps the records of one parent together in one call.
///
/// Salesforce locks a parent while its children are written; two calls at once about children of
/// one parent refuse each other with `UNABLE_TO_LOCK_ROW` (Large Data Volumes guide, "Locks on
/// parent records"). Calls of one plan go out at once, so children of one parent share a call as
/// far as it holds them.
struct ParentGrouping {
    /// By parent, what the lookups of the object point to.
    let fields: [String]
    let observed: [RecordID: Record]

    /// `operations` cut into pieces of at most `countMax`, in which those of one parent are
    /// together. Without parents the order stays as it is; a parent with more children than a call
    /// holds fills whole pieces of its own.
    func pieces(_ operations: [Operation], countMax: Int) -> [[Operation]] {
        guard !fields.isEmpty, operations.count > countMax else { return [operations] }
        var order: [Group] = []
        var members: [Group: [Operation]] = [:]
        for (number, operation) in operations.enumerated() {
            let group = parent(of: operation).map(Group.parent) ?? .alone(number)
            if members[group] == nil { order.append(group) }
            members[group, default: []].append(operation)
        }
        var pieces: [[Operation]] = []
        for group in order {
            var rest = (members[group] ?? [])[...]
            while rest.count > countMax {
                pieces.append(Array(rest.prefix(countMax)))
                rest = rest.dropFirst(countMax)
            }
            // Into the first piece with room: large groups leave gaps that small ones fill.
            if let room = pieces.firstIndex(where: { $0.count + rest.count <= countMax }) {
                pieces[room] += rest
            } else {
                pieces.append(Array(rest))
            }
        }
        return pieces
    }

    private enum Group: Hashable {
        case parent(String)
        case alone(Int)
    }

    /// The record that the operation's record points to, or will: of several lookups the first
    /// field's, by name.
    private func parent(of operation: Operation) -> String? {
        for field in fields {
            let sent = operation.changes.first { $0.field == field }?.after.text
            let held = operation.recordID.flatMap { observed[$0]?.value(at: field)?.text }
            if let parent = sent ?? held { return parent }
        }
        return nil
    }
}

extension ObjectPlan {
    /// How the plan's operations are kept together.
    var grouping: ParentGrouping {
        let parents = records.values.reduce(into: Set<String>()) { names, record in
            for field in record.fields {
                if case .parent = field.content { names.insert(field.name) }
            }
        }
        return ParentGrouping(fields: parents.sorted(), observed: observed)
    }
}

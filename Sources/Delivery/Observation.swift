import Projection
import Reconciliation
import Records
import Salesforce

/// What to ask Salesforce about the keys of one object, packed into few queries.
package struct Observation: Sendable {
    package let queries: [Query]
    /// Keys with a matcher value that no query can hold, and why.
    package let refused: [BlockedKey]

    /// The field by which a later look can tell that a record changed.
    static let modstampField = "SystemModstamp"

    /// - Parameter desired: keys of the object that `description` describes.
    package init(desired: [DesiredState], description: ObjectDescription) {
        var packing: [DesiredState] = []
        var wishes: [[Condition]] = []
        var refused: [BlockedKey] = []
        for state in desired {
            do throws(SalesforceError) {
                wishes.append(try Self.conditions(of: state, description: description))
                packing.append(state)
            } catch {
                refused.append(Self.refusal(of: state, error))
            }
        }
        do throws(SalesforceError) {
            let packed = try Query.pack(
                object: description.name,
                fields: Self.fields(of: description),
                wishes: wishes)
            queries = packed.queries
            // A value that fits no query must not stop the others.
            refused += packed.refused.sorted { $0.key < $1.key }
                .map { Self.refusal(of: packing[$0.key], $0.value) }
        } catch {
            queries = []
            refused += packing.map { Self.refusal(of: $0, error) }
        }
        self.refused = refused
    }

    private static func refusal(of state: DesiredState, _ error: SalesforceError) -> BlockedKey {
        BlockedKey(
            key: state.key, object: state.object, code: .rejected,
            message: "no query can look for this record: \(error)")
    }

    /// Every field that any action on the object uses, which is what the description in the log
    /// holds, relationship paths among them. Not only this round's fields: what is
    /// found may be another key's record as well, whose fields then count too.
    static func fields(of description: ObjectDescription) -> [String] {
        // The master says something in the recycle bin only: see ``Merges``.
        description.fields.map(\.name).filter { $0 != "Id" && $0 != PeoplesMarks.master }
    }

    private static func conditions(
        of state: DesiredState, description: ObjectDescription
    ) throws(SalesforceError) -> [Condition] {
        var conditions: [Condition] = []
        switch state.matchers {
        case .none: break
        case .any(let values, current: _):
            for value in values where description.hasMatcher(value.field) {
                conditions.append(try equals(value, description: description))
            }
        case .all(let values) where values.allSatisfy { description.hasMatcher($0.field) }:
            var parts: [Condition] = []
            for value in values { parts.append(try equals(value, description: description)) }
            conditions.append(.and(parts))
        case .all: break
        }
        for link in state.links { conditions.append(.equals(field: "Id", .id(link))) }
        return conditions
    }

    private static func equals(
        _ value: MatcherValue, description: ObjectDescription
    ) throws(SalesforceError) -> Condition {
        let field = description.matcherField(value.field)
        var literals: [Literal] = []
        for spelling in field.spellings(of: value.value) {
            literals.append(try Literal(spelling, type: field.type))
        }
        return literals.count == 1
            ? .equals(field: value.field, literals[0]) : .in(field: value.field, literals)
    }
}

extension ObjectDescription {
    /// Whether a query may name the matcher. One over a relationship that leads nowhere would have
    /// the whole query refused; its key is blocked with the reason instead.
    fileprivate func hasMatcher(_ name: String) -> Bool {
        !RelationshipPath.isPath(name) || field(name) != nil
    }
}

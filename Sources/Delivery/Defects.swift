import Reconciliation
import Records

/// What the judge refuses of a plan, and which keys that concerns. Pure.
///
/// A refusal is a defect of Tidemark. It stops the keys concerned, and no others.
package struct Defects: Sendable, Hashable {
    /// By key: the violations that concern it.
    private let byKey: [UInt64: [PlanViolation]]

    /// - Parameter plan: the plan that was judged.
    package init(_ violations: [PlanViolation], in plan: Plan) {
        var byKey: [UInt64: [PlanViolation]] = [:]
        for violation in violations {
            for key in Self.concerned(Set(violation.keys), plan) {
                byKey[key, default: []].append(violation)
            }
        }
        self.byKey = byKey
    }

    /// The keys, and all that share an operation or a record with them: what remains of a piece of
    /// work that is wrong in part is no better known.
    private static func concerned(_ keys: Set<UInt64>, _ plan: Plan) -> Set<UInt64> {
        var concerned = keys
        var count = 0
        while count < concerned.count {
            count = concerned.count
            let touched = plan.operations.filter { !concerned.isDisjoint(with: $0.keys) }
            let records = Set(touched.compactMap(\.recordID))
            for operation in plan.operations {
                let isTouched =
                    !concerned.isDisjoint(with: operation.keys)
                    || operation.recordID.map(records.contains) ?? false
                if isTouched { concerned.formUnion(operation.keys) }
            }
        }
        return concerned
    }

    package var keys: Set<UInt64> { Set(byKey.keys) }
    package var isEmpty: Bool { byKey.isEmpty }

    /// The keys, blocked with what a person has to report.
    package func blocked(object: String) -> [BlockedKey] {
        byKey.sorted { $0.key < $1.key }.map { key, violations in
            BlockedKey(
                key: key, object: object, code: .defect,
                message: "the plan broke a rule that every plan keeps, and nothing was sent: "
                    + Self.text(violations)
                    + "; this is a defect of Tidemark: report this message with what "
                    + "`tidemark explain` shows; `tidemark retry` tries again")
        }
    }

    /// Violations that a message names: one is enough to find the defect.
    private static let namedCountMax = 3

    private static func text(_ violations: [PlanViolation]) -> String {
        violations.prefix(namedCountMax).map { "\($0.rule.rawValue) (\($0.message))" }
            .joined(separator: ", ")
    }
}

extension Plan {
    /// Takes out what the judge refuses, and blocks its keys.
    mutating func leaveOut(_ defects: Defects, object: String) {
        guard !defects.isEmpty else { return }
        leaveOut(defects.keys)
        blocked += defects.blocked(object: object)
    }
}

/// What makes a plan: see ``reconcile(desired:observed:description:)``.
typealias Reconciling = @Sendable ([DesiredState], [Record], ObjectDescription) -> Plan

import EventLog
import Projection
import Reconciliation
import Salesforce

/// What ends a delivery step. Nothing that was durable is lost; the next step begins from the log.
package enum DeliveryError: Error, Sendable {
    /// The log could not be read or appended to. Nothing was sent without its intent. See the log's
    /// error.
    case log(LogError)
    /// The state could not be read or folded. See the projection's error.
    case projection(ProjectionError)
    /// A rehearsed plan broke a rule that every plan must keep. This is a defect of Tidemark:
    /// report it with the violations. Of a plan to be sent, only the keys concerned are left out.
    case planRefused(object: String, violations: [PlanViolation])
    /// The objects of the configuration could not be described. Events wait in the log.
    case undescribed(object: String, SalesforceError)
    /// The settings lead to another org than the one this log belongs to. Nothing was sent. Use
    /// another data folder, or correct the settings.
    case anotherOrganization(expected: String, found: String)
}

extension DeliveryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .log(let error): "\(error)"
        case .projection(let error): "\(error)"
        case .planRefused(let object, let violations):
            "the plan for \(object) breaks \(violations.count) rules and was not sent: "
                + violations.map { "\($0)" }.joined(separator: "; ")
        case .undescribed(let object, let error):
            "\(object) cannot be described: \(error); its events wait in the log"
        case .anotherOrganization(let expected, let found):
            "the log belongs to org \(expected), the settings lead to org \(found); "
                + "use another data folder or correct the settings"
        }
    }
}

/// Runs a step on the state, its errors as ours.
func projecting<Value>(
    _ step: () throws(ProjectionError) -> Value
) throws(DeliveryError) -> Value {
    do {
        return try step()
    } catch {
        throw .projection(error)
    }
}

import EventLog
import Projection

/// What can end a look back. Nothing was changed.
package enum AuditError: Error, Sendable, Equatable {
    /// The log could not be read. Run `tidemark verify`.
    case log(LogError)
    /// The state could not be read. Run `tidemark rebuild`.
    case projection(ProjectionError)
}

extension AuditError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .log(let error): "\(error)"
        case .projection(let error): "\(error)"
        }
    }
}

func reading<Value>(_ step: () throws(LogError) -> Value) throws(AuditError) -> Value {
    do {
        return try step()
    } catch {
        throw .log(error)
    }
}

func projecting<Value>(
    _ step: () throws(ProjectionError) -> Value
) throws(AuditError) -> Value {
    do {
        return try step()
    } catch {
        throw .projection(error)
    }
}

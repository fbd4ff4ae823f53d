/// What goes wrong for whoever drives the emulator; API clients get Salesforce's own errors.
package enum EmulatorError: Error, Sendable, Hashable {
    /// The address could not be bound. Nothing runs; choose another port, or 0 for any free one.
    case addressUnavailable(host: String, port: Int, reason: String)
    /// The object is not in the schema. Nothing was written; add it to `EmulatorOptions.schema`.
    case unknownObject(String)
    /// A seeded or edited record breaks a rule of the org. Records before `index` are written,
    /// it and those after are not; mend it, or change the rule.
    case recordRefused(object: String, index: Int, code: String, message: String)
}

extension EmulatorError: CustomStringConvertible {
    /// What failed, on what, and what to do; no field values but those of the message.
    package var description: String {
        switch self {
        case .addressUnavailable(let host, let port, let reason):
            "Cannot listen on \(host):\(port): \(reason). Choose another port, or 0 for any."
        case .unknownObject(let name):
            "The org has no object \(name). Add it to the schema of the options."
        case .recordRefused(let object, let index, let code, let message):
            "\(object) record \(index) breaks a rule of the org: \(code): \(message)"
        }
    }
}

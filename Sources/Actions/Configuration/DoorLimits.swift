/// `ingest.limits:` — how much the door in takes. What the file does not say is `nil`, and stays as
/// the door has it.
package struct DoorLimits: Sendable, Hashable {
    /// Events a second from one source, on average.
    package var eventsPerSecondMax: Int?
    /// A request's body as it travels, in bytes.
    package var requestBytesMax: Int?
    /// One event, in bytes.
    package var eventBytesMax: Int?
    /// Open connections.
    package var connectionsMax: Int?

    /// The names in the file.
    static let keys = ["eventsPerSecondMax", "requestBytesMax", "eventBytesMax", "connectionsMax"]
    /// What a request holds when it is inflated; no body as it travels can be larger.
    static let requestBytesCeiling = 4 * 1024 * 1024
    /// A request holds as much when the file says nothing.
    static let requestBytesDefault = 500 * 1024
}

extension ConfigurationReader {
    mutating func doorLimits(_ node: ConfigurationNode?) -> DoorLimits {
        let keys = group(node, "ingest.limits", keys: DoorLimits.keys)
        func name(_ key: String) -> String { "ingest.limits.\(key)" }
        var limits = DoorLimits()
        limits.eventsPerSecondMax = count(keys["eventsPerSecondMax"], name("eventsPerSecondMax"))
        limits.requestBytesMax = count(keys["requestBytesMax"], name("requestBytesMax"))
        limits.eventBytesMax = count(keys["eventBytesMax"], name("eventBytesMax"))
        limits.connectionsMax = count(keys["connectionsMax"], name("connectionsMax"))
        let requestBytes = limits.requestBytesMax ?? DoorLimits.requestBytesDefault
        if let node = keys["requestBytesMax"], requestBytes > DoorLimits.requestBytesCeiling {
            problems.add(
                node,
                "ingest.limits.requestBytesMax is at most \(DoorLimits.requestBytesCeiling), which "
                    + "is what a request may hold inflated")
        }
        if let node = keys["eventBytesMax"], let eventBytes = limits.eventBytesMax,
            eventBytes > requestBytes
        {
            problems.add(
                node,
                "ingest.limits.eventBytesMax is more than a request may have, \(requestBytes)")
        }
        return limits
    }

    /// Origins as browsers send them: scheme, host and maybe a port, in small letters, no path.
    mutating func origins(_ node: ConfigurationNode?) -> [String] {
        list(node, "ingest.allowedOrigins").compactMap { item in
            guard let origin = text(item, "an origin") else { return nil }
            if origin != "*", origin.wholeMatch(of: /https?:\/\/[a-z0-9.\-]+(:[0-9]{1,5})?/) == nil
            {
                problems.add(
                    item,
                    "an origin is a scheme and a host in small letters, such as "
                        + "https://www.example.com, without a slash at the end; or \"*\"")
            }
            return origin
        }
    }
}

import Actions
import EventLog
import Projection
import Records

/// Puts configurations into the log: whole, and only when they differ from the latest.
package struct ConfigurationRecorder: Sendable {
    private let log: LogWriter

    package init(log: LogWriter) { self.log = log }

    /// A configuration entry with its place and name.
    package struct Recorded: Sendable, Hashable {
        package let position: UInt64
        /// Milliseconds since 1970-01-01T00:00:00Z.
        package let recordedAt: Int64
        package let entry: ConfigurationEntry
        /// Hex SHA-256 of the entry's body.
        package let hash: String
    }

    /// The latest configuration entry.
    package func latest() throws(DeliveryError) -> Recorded? {
        try Self.latest(in: log.reader())
    }

    /// The latest configuration entry of a log that is only read.
    package static func latest(in reader: LogReader) throws(DeliveryError) -> Recorded? {
        let entry: Entry?
        do {
            let last = try reader.lastPosition()
            let positions = try reader.positions(of: .configuration, through: last)
            entry = try positions.last.flatMap { (position) throws(LogError) in
                try reader.entry(at: position)
            }
        } catch {
            throw .log(error)
        }
        guard let entry else { return nil }
        let position = entry.position.number
        return Recorded(
            position: position, recordedAt: entry.recordedAt,
            entry: try projecting { () throws(ProjectionError) in
                try ConfigurationEntry.decode(entry.body, at: position)
            },
            hash: ConfigurationEntry.hash(of: entry.body))
    }

    /// Puts the actions in force, keeping the descriptions that the log holds: for doors that
    /// accept events without talking to Salesforce, so that `from: now` means the moment an action
    /// was there.
    package func record(actions: [Action]) async throws(DeliveryError) {
        let latest = try latest()?.entry
        try await record(
            ConfigurationEntry(
                actions: actions, descriptions: latest?.descriptions ?? [],
                organization: latest?.organization))
    }

    /// Binds the log to an org, before anything is known of its objects. What the log says of
    /// actions and descriptions stays; the first entry takes the actions given.
    ///
    /// - Throws: ``DeliveryError/anotherOrganization(expected:found:)`` when the log belongs to
    ///   another org already.
    package func bind(to organization: String, actions: [Action]) async throws(DeliveryError) {
        let latest = try latest()?.entry
        if let bound = latest?.organization, bound != organization {
            throw .anotherOrganization(expected: bound, found: organization)
        }
        try await record(
            ConfigurationEntry(
                actions: latest?.actions ?? actions, descriptions: latest?.descriptions ?? [],
                organization: organization))
    }

    /// Appends `entry` unless it equals the latest.
    package func record(_ entry: ConfigurationEntry) async throws(DeliveryError) {
        guard try latest()?.entry != entry else { return }
        let body = try projecting { () throws(ProjectionError) in try entry.encoded() }
        do {
            _ = try await log.append(kind: .configuration, body: body)
        } catch {
            throw .log(error)
        }
    }
}

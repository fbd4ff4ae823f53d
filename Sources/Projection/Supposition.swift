/// What a fold supposes in place of what the log says: for a plan that people only look at.
///
/// The state that comes of it is no projection of the log. It is folded into a folder of its own,
/// from nothing, up to a fixed end.
package struct Supposition: Sendable {
    /// In force as if it were the log's next entry.
    package let configuration: ConfigurationEntry
    /// Events after this position count as not sent; what was done about them was done. Every key
    /// is dirty then. `nil` when all events count.
    package let eventsThrough: UInt64?

    package init(configuration: ConfigurationEntry, eventsThrough: UInt64? = nil) {
        self.configuration = configuration
        self.eventsThrough = eventsThrough
    }
}

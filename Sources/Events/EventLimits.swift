/// How large and how deep an event may be. Checked while scanning, before anything is kept.
///
/// Defaults follow the limits that Segment and Customer.io document for one event (32 KB) and are
/// strict where they say nothing, because the cost of hostile JSON grows with depth and member
/// count.
package struct EventLimits: Sendable, Hashable {
    /// The whole event, in bytes, together with what its batch says for it.
    package var eventBytesMax = 32 * 1024
    /// Nested objects and arrays; the event itself is level 1.
    package var depthMax = 32
    /// Members of all objects of one event together.
    package var memberCountMax = 1_000
    /// One member name, in bytes as sent (escapes included).
    package var keyBytesMax = 256
    /// One string value, in bytes as sent (escapes included).
    package var stringBytesMax = 16 * 1024
    /// One number's text, in bytes.
    package var numberBytesMax = 128
    /// The sender's message ID, in bytes as sent.
    package var messageIDBytesMax = 256
    /// What a batch says for all its events (`sentAt`, `context`, `integrations`), in bytes. It is
    /// kept with each event, so a large one would multiply a small request into a huge log.
    package var sharedBytesMax = 4 * 1024

    package init() {}

    /// Limits for JSON that we wrote ourselves (entries of the log): only what protects the stack.
    package static var document: EventLimits {
        var limits = EventLimits()
        limits.eventBytesMax = 256 * 1024 * 1024
        limits.depthMax = 128
        limits.memberCountMax = 10_000_000
        limits.keyBytesMax = 64 * 1024
        limits.stringBytesMax = 64 * 1024 * 1024
        return limits
    }
}

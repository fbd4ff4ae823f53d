import Actions
import Ingest

extension IngestLimits {
    /// The limits of every way in, but for those that the configuration names.
    init(_ limits: DoorLimits) {
        self.init()
        eventsPerSecondMax = limits.eventsPerSecondMax
        requestBodyBytesMax = limits.requestBytesMax ?? requestBodyBytesMax
        event.eventBytesMax = limits.eventBytesMax ?? event.eventBytesMax
        connectionsMax = limits.connectionsMax ?? connectionsMax
    }
}

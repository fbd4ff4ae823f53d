import EventLog
import Projection

/// What each source has sent: what is folded, and what waits in the log behind it, as it does until
/// Salesforce has described the objects.
enum SourceCounts {
    /// Entries that are looked at behind what is folded; more are not counted yet.
    private static let waitingEntryCountMax = 50_000
    private static let pageEntryCountMax = 1_000
    private static let pageBytesMax = 4 << 20

    /// By the source's name.
    static func read(
        state: StateStore, log: LogReader
    ) throws(CommandFailure) -> [String: SourceTotals] {
        do {
            var (position, totals) = try state.sources()
            let last = min(
                try log.lastPosition().number, position + UInt64(waitingEntryCountMax))
            while position < last {
                let page = try log.entries(
                    after: Position(position), countMax: pageEntryCountMax, bytesMax: pageBytesMax)
                guard let end = page.last?.position.number else { break }
                for entry in page where entry.kind == .event {
                    let event = try EventBody.decode(entry)
                    totals[event.source, default: SourceTotals()].add(receivedAt: event.receivedAt)
                }
                position = end
            }
            return totals
        } catch {
            throw CommandFailure(error)
        }
    }
}

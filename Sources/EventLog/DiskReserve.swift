import LMDB

/// Keeps events from the last part of the disk, so that what was sent can still be recorded, and
/// decisions taken, when senders have filled it.
struct DiskReserve: Sendable {
    /// See ``LogLimits/reservedDiskBytes``.
    let bytes: Int
    /// `nil` when the system does not say.
    let space: @Sendable () -> DiskSpace?

    /// Of a disk so small that `bytes` would be most of it, this part is kept instead.
    static let smallDiskShare = 16

    /// Whether events may be appended now. Asks the system, which takes a microsecond or two: once
    /// for each commit.
    var admitsEvents: Bool {
        // Unknown: then the commit itself finds out.
        guard let space = space() else { return true }
        return space.freeBytes >= min(bytes, space.bytes / Self.smallDiskShare)
    }
}

extension AppendRequest {
    var isOfEvents: Bool {
        switch content {
        case .events, .encoded: true
        case .entries: false
        }
    }
}

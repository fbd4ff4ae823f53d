/// How to open an environment. Weaker syncing is deliberately not among the options: NOSYNC lost
/// the whole database at the first simulated power cut, NOMETASYNC lost acknowledged transactions,
/// and WRITEMAP turns a full disk into SIGBUS.
package struct EnvironmentOptions: Sendable, Hashable {
    /// How large the file can grow. Only address space until it is used, so large from the start.
    package var mapBytesMax: Int
    /// Read transactions open at once, over all processes.
    package var readersMax: Int
    /// Keeps the system from reading ahead: better for random reads of a file larger than memory
    /// (cold p99 8 ms with, 0.2 ms without), worse for scans.
    package var noReadAhead: Bool
    /// Opens beside a writer, which may be another process. Never creates anything.
    package var isReadOnly: Bool

    /// 1 TiB.
    package static let mapBytesMaxDefault = 1 << 40
    /// LMDB's own default, 126, plus room for several reading commands beside a server.
    package static let readersMaxDefault = 256

    package init(
        mapBytesMax: Int = mapBytesMaxDefault, readersMax: Int = readersMaxDefault,
        noReadAhead: Bool = false, isReadOnly: Bool = false
    ) {
        self.mapBytesMax = mapBytesMax
        self.readersMax = readersMax
        self.noReadAhead = noReadAhead
        self.isReadOnly = isReadOnly
    }
}

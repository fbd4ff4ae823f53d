/// The bounds of a ``LogWriter``: how much one commit takes and how much may wait.
package struct LogLimits: Sendable, Hashable {
    /// Entries in one commit. More would only delay the acknowledgement: the rate is flat from
    /// 1,000 on.
    package var batchEventCountMax: Int
    /// Body bytes in one commit, so that the pages a transaction holds dirty stay in memory.
    package var batchBytesMax: Int
    /// How long the writer waits for the other producers of the last commit to come again. About a
    /// sixth of a commit on a fast disk; a lone producer never waits.
    package var batchDelayMax: Duration
    /// Entries waiting; beyond that, ``LogError/overloaded(queuedEventCount:queuedBytes:)``.
    package var queueEventCountMax: Int
    /// Body bytes waiting, likewise: it bounds the memory.
    package var queueBytesMax: Int
    /// Bytes of one entry's body. Intents carry whole request bodies; events are held smaller at
    /// the door.
    package var entryBytesMax: Int
    /// Message IDs in one generation of the index's recent part, of which there are at most two in
    /// memory; see ``MessageIndex``. 12 MB each at 262,144.
    package var recentMessageCountMax: Int
    /// How large the log can grow; see ``LMDB/EnvironmentOptions``.
    package var mapBytesMax: Int
    /// Free bytes of the disk that events leave alone: with less they get ``LogError/full(_:)``,
    /// while entries of other kinds are appended as long as they fit. Of a small disk a sixteenth.
    package var reservedDiskBytes: Int

    package init(
        batchEventCountMax: Int = 4_096, batchBytesMax: Int = 16 << 20,
        batchDelayMax: Duration = .microseconds(50), queueEventCountMax: Int = 65_536,
        queueBytesMax: Int = 256 << 20, entryBytesMax: Int = 8 << 20,
        recentMessageCountMax: Int = 262_144, mapBytesMax: Int = 1 << 40,
        reservedDiskBytes: Int = 64 << 20
    ) {
        self.batchEventCountMax = batchEventCountMax
        self.batchBytesMax = batchBytesMax
        self.batchDelayMax = batchDelayMax
        self.queueEventCountMax = queueEventCountMax
        self.queueBytesMax = queueBytesMax
        self.entryBytesMax = entryBytesMax
        self.recentMessageCountMax = recentMessageCountMax
        self.mapBytesMax = mapBytesMax
        self.reservedDiskBytes = reservedDiskBytes
    }
}

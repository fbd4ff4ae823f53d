import Events
import Foundation
import LMDB

/// The only way into the log: appends entries, durably, in one order for all producers.
///
/// A call returns only after its entries are on the disk. One thread commits for everybody, and
/// takes all that waits into one commit: the disk's sync, which is what a commit costs, is shared.
package final class LogWriter: Sendable {
    /// The log's folder.
    package let folder: String
    /// How many writers this log has had, this one included; durable.
    package let epoch: UInt64
    package let limits: LogLimits

    let store: LogStore
    private let queue: AppendQueue
    private let progress: LogProgress
    private let ended = Monitor(false)
    // Held until the log is closed.
    private let lock: WriterLock

    /// Opens the log in `folder` to append; makes a new one where there is none, and checks the end
    /// of the chain where there is one.
    ///
    /// - Parameters:
    ///   - diskSpace: what there is of the log's disk; by default the system is asked.
    ///   - now: milliseconds since 1970 UTC; stamps entries that are no events.
    /// - Throws: `inUse`, `unknownFormat`, `damaged`, `notALog` when the folder holds another
    ///   store, `full`, `store`.
    package init(
        folder: String, limits: LogLimits = LogLimits(),
        diskSpace: (@Sendable () -> DiskSpace?)? = nil, now: @escaping @Sendable () -> Int64
    ) throws(LogError) {
        try Self.makeFolder(folder)
        lock = try WriterLock(folder: folder)
        let store = try LogStore.openToWrite(folder: folder, mapBytesMax: limits.mapBytesMax)
        var random = SystemRandomNumberGenerator()
        let creation = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        let start = try LogStart.run(store, creation: creation, limits: limits)
        let queue = AppendQueue(limits: limits)
        let progress = LogProgress(lastPosition: start.head.position)
        self.folder = folder
        self.limits = limits
        self.store = store
        self.queue = queue
        self.progress = progress
        epoch = start.epoch
        let reserve = DiskReserve(
            bytes: limits.reservedDiskBytes,
            space: diskSpace ?? { store.environment.diskSpace() })
        DedicatedThread.start(name: "tidemark-log") { [ended] in
            CommitLoop(
                store: store, start: start, queue: queue, progress: progress, reserve: reserve,
                now: now
            ).run()
            ended.change { isEnded in
                isEnded = true
                return true
            }
        }
    }

    deinit { close() }

    /// The last durable position; zero in an empty log.
    package var lastPosition: Position { progress.lastPosition }

    /// Whether a commit has failed in a way that ends this writer; see
    /// ``LogError/broken(reason:)``.
    package var isBroken: Bool { progress.isBroken }

    /// The last position, now and after each commit; a slow consumer sees only the newest. Ends
    /// when the log is closed.
    package func positions() -> AsyncStream<Position> { progress.positions() }

    /// A reader of this log, for this process. It ends with the writer.
    package func reader() -> LogReader { LogReader(store: store) }

    /// Appends what was queued, then closes the log. Blocks until that is done, a commit's time.
    package func close() {
        queue.refuse(with: .closed)
        ended.wait { $0 ? () : nil }
        progress.end()
        store.environment.close()
        // Last: whoever gets it next finds everything done.
        lock.release()
    }

    /// Makes the folder, and those above it that are missing, for their owner alone.
    private static func makeFolder(_ path: String) throws(LogError) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        let code = errno
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard code == ENOENT, parent != path else {
            throw .store(.system(step: "create folder", path: path, code: code))
        }
        try makeFolder(parent)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .store(.system(step: "create folder", path: path, code: errno))
        }
    }
}

extension LogWriter {
    /// Appends events in order; the results are in the same order. Up to `batchEventCountMax`
    /// events and `batchBytesMax` bytes are one commit, all or none; more are several, and when one
    /// of them throws, those before it are in the log (sending all again then gives duplicates for
    /// them).
    ///
    /// Cancelling the task does not take back what was queued: the answer is always the truth.
    ///
    /// - Throws: `full`, `overloaded`, `entryTooLarge`, `broken`, `closed`.
    package func append(_ events: [Event]) async throws(LogError) -> [AppendResult] {
        // Hashed here, by the producers: the one thread that writes has enough to do.
        let (keys, sizes) = Self.keysAndSizes(of: events)
        return try await append(sizes: sizes) { part in .events(events, keys, part) }
    }

    /// The same for events that their producer has encoded.
    package func append(_ events: EncodedEvents) async throws(LogError) -> [AppendResult] {
        try await append(sizes: events.items.map(\.body.count)) { part in .encoded(events, part) }
    }

    private static func keysAndSizes(of events: [Event]) -> (keys: [MessageKey], sizes: [Int]) {
        var keys: [MessageKey] = []
        var sizes: [Int] = []
        keys.reserveCapacity(events.count)
        sizes.reserveCapacity(events.count)
        // Lent one by one: a loop over the array would retain and release all their parts.
        let lent = events.span
        for index in lent.indices {
            keys.append(
                MessageKey(source: lent[index].source, messageID: lent[index].messageID))
            sizes.append(EventBody.size(lent[index]))
        }
        return (keys, sizes)
    }

    private func append(
        sizes: [Int], _ content: (Range<Int>) -> AppendRequest.Content
    ) async throws(LogError) -> [AppendResult] {
        var parts = try EventParts(sizes: sizes, limits: limits)
        guard let (first, bytes) = parts.next() else { return [] }
        var results = try await submit(content(first), first.count, bytes)
        while let (part, bytes) = parts.next() {
            results += try await submit(content(part), part.count, bytes)
        }
        return results
    }

    /// Appends one entry that is no event, stamped with the present time.
    ///
    /// - Throws: as ``append(_:)``.
    package func append(kind: EntryKind, body: [UInt8]) async throws(LogError) -> Position {
        let positions = try await appendAll([(kind, body)])
        return positions[0]
    }

    /// Appends entries that are no events, in order and in one commit: all or none.
    ///
    /// - Throws: as ``append(_:)``, and `batchTooLarge`.
    package func appendAll(_ entries: [(EntryKind, [UInt8])]) async throws(LogError) -> [Position] {
        guard !entries.isEmpty else { return [] }
        var bytes = 0
        for (kind, body) in entries {
            precondition(kind != .event, "events go through append(_:), which keeps their index")
            try limits.check(entryBytes: body.count)
            bytes += body.count
        }
        // One entry always fits, however the limits are set.
        guard
            entries.count == 1
                || entries.count <= limits.batchEventCountMax && bytes <= limits.batchBytesMax
        else { throw .batchTooLarge(count: entries.count, bytes: bytes) }
        return try await submit(.entries(entries), entries.count, bytes).map(\.position)
    }

    private func submit(
        _ content: AppendRequest.Content, _ count: Int, _ bytes: Int
    ) async throws(LogError) -> [AppendResult] {
        let result = await withCheckedContinuation { continuation in
            let request = AppendRequest(
                content: content, count: count, bytes: bytes, continuation: continuation)
            do throws(LogError) {
                try queue.add(request)
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }
}

extension LogLimits {
    func check(entryBytes bytes: Int) throws(LogError) {
        guard bytes <= entryBytesMax else {
            throw .entryTooLarge(bytes: bytes, bytesMax: entryBytesMax)
        }
    }
}

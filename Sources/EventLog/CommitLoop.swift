import LMDB

/// The work of the writer's thread: take what waits, commit it, tell those who wait.
final class CommitLoop {
    private let store: LogStore
    private let queue: AppendQueue
    private let progress: LogProgress
    private let reserve: DiskReserve
    private var appender: BatchAppender
    private let now: @Sendable () -> Int64

    init(
        store: LogStore, start: LogStart, queue: AppendQueue, progress: LogProgress,
        reserve: DiskReserve, now: @escaping @Sendable () -> Int64
    ) {
        self.store = store
        self.queue = queue
        self.progress = progress
        self.reserve = reserve
        self.now = now
        appender = BatchAppender(store: store, head: start.head, index: start.messages)
    }

    /// Runs until the queue is ended and empty.
    func run() {
        // How many requests the next commit should wait for: as many producers as came lately are
        // likely to come again at once. It falls slowly, so that one small commit does not split
        // the producers in two halves that take turns from then on.
        var gatherCount = 1
        while let batch = queue.next(gatherCount: gatherCount) {
            gatherCount = max(batch.count, gatherCount * 7 / 8)
            if progress.isBroken {
                fail(batch, .broken(reason: "an earlier commit failed"))
            } else {
                commit(reserve.admitsEvents ? batch : refuseEvents(of: batch))
            }
        }
    }

    /// The requests that are no events: only they may use what is left of the disk.
    private func refuseEvents(of batch: [AppendRequest]) -> [AppendRequest] {
        fail(batch.filter(\.isOfEvents), .full(.disk))
        return batch.filter { !$0.isOfEvents }
    }

    /// All of the batch is acknowledged, or none of it.
    private func commit(_ batch: [AppendRequest]) {
        guard !batch.isEmpty else { return }
        let head = appender.head
        do throws(LMDBError) {
            let results = try store.environment.write { (transaction) throws(LMDBError) in
                try append(batch, transaction)
            }
            appender.committed()
            let last = appender.head.position
            if last != head.position { progress.advance(to: last) }
            for (request, result) in zip(batch, results) {
                request.continuation.resume(returning: .success(result))
            }
        } catch {
            appender.restore(head)
            let failure = LogError(commit: error)
            if case .broken = failure {
                // The disk may hold this commit or not, and later ones may not last: no more of
                // them.
                progress.markBroken()
                queue.refuse(with: failure)
            }
            fail(batch, failure)
        }
    }

    private func append(
        _ batch: [AppendRequest], _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> [[AppendResult]] {
        let time = now()
        let before = appender.head.position
        var results: [[AppendResult]] = []
        results.reserveCapacity(batch.count)
        for request in batch {
            results.append(try appender.append(request.content, now: time, transaction))
        }
        // Nothing but duplicates: LMDB then has nothing to write, and the disk is left alone.
        if appender.head.position != before { try appender.finish(transaction) }
        return results
    }

    private func fail(_ batch: [AppendRequest], _ error: LogError) {
        for request in batch { request.continuation.resume(returning: .failure(error)) }
    }
}

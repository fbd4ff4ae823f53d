import Projection
import Salesforce

/// What carrying some records costs.
package struct LanePrice: Sendable, Hashable {
    package let apiCalls: Int
    package let bulkJobs: Int
    /// How long it takes, as far as can be said before.
    package let duration: Duration
}

/// Which lane carries records of one object and one kind cheapest, within the latency that is
/// wanted: pure arithmetic.
///
/// A Composite call carries up to a thousand records and is over in seconds. A job carries a
/// million for about a dozen calls, but keeps the object waiting until it is over.
package struct LaneChoice: Sendable, Hashable {
    private let recordsPerCall: Int
    private let concurrentCallCount: Int
    private let limits: JobLimits

    package init(_ limits: DeliveryLimits) {
        recordsPerCall = max(1, limits.callRecordCountMax * limits.callBatchCountMax)
        concurrentCallCount = max(1, limits.concurrentCallCountMax)
        self.limits = limits.jobs
    }

    /// A Composite call of a thousand records with ordinary automation behind them. An assumption:
    /// Salesforce promises nothing.
    private static let callSeconds = 5

    package func calls(for count: Int) -> LanePrice {
        let calls = (count + recordsPerCall - 1) / recordsPerCall
        let turns = (calls + concurrentCallCount - 1) / concurrentCallCount
        return LanePrice(
            apiCalls: calls, bulkJobs: 0, duration: .seconds(turns * Self.callSeconds))
    }

    package func job(for count: Int) -> LanePrice {
        let jobs = max(1, (count + limits.rowCountMax - 1) / limits.rowCountMax)
        let seconds = jobs * limits.startSeconds + count / max(1, limits.rowsPerSecond)
        let duration = Duration.seconds(seconds)
        let polls = PollSchedule.count(within: duration / jobs)
        return LanePrice(
            apiCalls: jobs * (Self.callsBesidePolls + polls), bulkJobs: jobs, duration: duration)
    }

    /// Create, upload, close; then three kinds of results.
    private static let callsBesidePolls = 6

    /// The lane for `count` records that a job can carry.
    package func lane(for count: Int) -> Lane {
        let together = calls(for: count)
        let job = job(for: min(count, rowCountMax))
        guard count >= limits.rowCountMin, rowCountMax > 0, job.apiCalls < together.apiCalls,
            limits.isUsed
        else { return together.apiCalls > 1 || count > 200 ? .composite : .collections }
        return .bulk
    }

    /// Rows that a job may have and be over within the latency.
    package var rowCountMax: Int {
        let seconds = Int(limits.latency / .seconds(1)) - limits.startSeconds
        return min(limits.rowCountMax, max(0, seconds) * limits.rowsPerSecond)
    }

    /// Keys from which a job is worth looking for; `nil` when none ever is.
    package var keyCountMin: Int? {
        // Monotonous but for its steps: the first power of two that is worth a job, halved down.
        var count = max(1, limits.rowCountMin)
        while count <= limits.rowCountMax {
            if lane(for: count) == .bulk { return count }
            count += recordsPerCall
        }
        return nil
    }
}

/// When a job that runs is asked about: after one second, then after as long again as it has run,
/// at most every two minutes. A job of ten minutes costs eleven questions, and a few more when it
/// tells how far it is: then it is asked when it should be over.
package enum PollSchedule {
    static let firstWait: Duration = .seconds(1)
    static let waitMax: Duration = .seconds(120)

    /// - Parameters:
    ///   - elapsed: since the job was closed.
    ///   - done: the part of its rows that are processed, 0–1, as far as is known.
    package static func wait(elapsed: Duration, done: Double? = nil) -> Duration {
        let byAge = min(max(firstWait, elapsed), waitMax)
        guard let done, done > 0 else { return byAge }
        // As fast as until now, and a little slower, or the answer would be "nearly". A job that
        // stands still before its end is asked ever less often all the same.
        let rest = elapsed * (max(0, 1 - done) / done) * 1.05
        return min(byAge, max(rest, elapsed / 4, firstWait))
    }

    /// Questions until a job is seen to be over that takes this long.
    package static func count(within duration: Duration) -> Int {
        var elapsed: Duration = .zero
        var count = 0
        repeat {
            elapsed += wait(elapsed: elapsed)
            count += 1
        } while elapsed < duration
        return count
    }
}

/// Bounds of jobs, and what is assumed of their speed.
package struct JobLimits: Sendable, Hashable {
    /// Whether jobs are used at all.
    package var isUsed = true
    /// Rows of one job: a million places of rows are held in memory while it runs.
    package var rowCountMax = 1_000_000
    /// Rows below which no job is made, however the prices stand: Salesforce advises Bulk from
    /// 2,000 records on (Bulk API 2.0 Developer Guide, introduction).
    package var rowCountMin = 2_000
    /// How long changes of an object may wait for a job of it.
    package var latency: Duration = .seconds(15 * 60)
    /// How long a backlog that was nothing for jobs is not looked at for them again.
    package var retryInterval: Duration = .seconds(15 * 60)
    /// Keys of a round that may go by calls beside a job of their object.
    package var besideKeyCountMax = 200
    /// Between two such rounds while the keys that are dirty would make another job.
    package var besideInterval: Duration = .seconds(30)
    /// Seconds until a job begins, and rows a second from then on: assumptions, on the slow side.
    package var startSeconds = 30
    package var rowsPerSecond = 2_000
    /// Keys planned at one time while jobs are filled.
    package var pageKeyCountMax = 10_000
    /// Rows, and bytes of their values, in one entry of the log.
    package var entryRowCountMax = 2_000
    /// Results held in memory before they are written into the log.
    package var resultCountMax = 10_000
    /// Uncompressed bytes of one job's file.
    package var fileBytesMax = BulkFile.bytesMax
    /// Records of an object up to which all of them are read by a query job, rather than the wanted
    /// ones by many calls.
    package var scanRecordCountMax = 5_000_000
    /// Records in one page of a scan.
    package var scanPageRecordCount = 100_000
    /// Bytes of the records among them that concern a dirty key, which are held in memory: more
    /// than a million records of a dozen fields.
    package var scanBytesMax = 160 << 20

    package init() {}
}

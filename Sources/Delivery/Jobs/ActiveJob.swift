import Projection
import Records
import Salesforce

/// A job of this process: what the log says of it, and what only memory holds.
struct ActiveJob {
    let part: JobPart
    var id: String?
    var intents: [UInt64]
    var progress = JobProgress()
    var action: JobProgress.Action
    /// Not before this; it grows with the job's age.
    var nextAt: Duration
    var closedAt: Duration
    /// The compressed file, until it is uploaded.
    var file: [UInt8] = []
    /// Where the rows stand in the log; `nil` until it is read back after a restart.
    var index: RowIndex?
    /// Rows processed, as Salesforce told last.
    var processedCount: Int?
    /// What other keys must keep away from; `nil` after a restart: from the whole object.
    var reach: JobReach?
    /// The log's last position when the job was filled: what came after is news.
    var filledAt: UInt64 = 0
    /// What an answer for a row asked for besides, of all the org.
    var pause: String?

    /// The part of its rows that are processed, as far as is known.
    var done: Double? {
        guard let processedCount, let rowCount = index?.count, rowCount > 0 else { return nil }
        return Double(processedCount) / Double(rowCount)
    }

    /// A job whose rows have just been recorded.
    init(file: JobFile, now: Duration) {
        part = file.part
        intents = file.intents
        self.file = file.finish()
        index = file.index
        reach = file.reach
        filledAt = file.intents.last ?? 0
        action = progress.next(after: .planned)
        nextAt = now
        closedAt = now
    }

    /// A job that the log tells of.
    init(_ open: OpenJob, now: Duration) {
        part = open.part
        id = open.id
        intents = open.intents
        action = progress.next(after: .found(hasID: open.id != nil))
        nextAt = now
        closedAt = now
    }
}

/// A job's file as it grows, and where its rows stand in the log.
final class JobFile {
    let part: JobPart
    let group: JobGroup
    private(set) var intents: [UInt64] = []
    private(set) var index = RowIndex()
    private(set) var reach: JobReach
    private let file: BulkFile

    init(part: JobPart, group: JobGroup, reach: JobReach) {
        self.reach = reach
        self.part = part
        self.group = group
        file = BulkFile(columns: part.columns)
    }

    var rowCount: Int { index.count }
    var byteCount: Int { file.byteCount }

    /// Takes the rows of an intent that is in the log.
    func add(_ rows: JobRows, intent: UInt64, of description: ObjectDescription) {
        intents.append(intent)
        for operation in rows.operations { reach.add(operation, of: description) }
        file.add(rows.bytes)
        for (place, key) in rows.rowKeys.enumerated() {
            index.add(key, at: RowIndex.Place(intent: intent, index: place))
        }
    }

    func finish() -> [UInt8] { file.finish() }
}

/// Rows of one intent, before it is in the log.
struct JobRows {
    var operations: [IntentOperation] = []
    var rowKeys: [String] = []
    var bytes: [UInt8] = []
}

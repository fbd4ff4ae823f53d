import CCrashPoints
import EventLog
import Events
import Foundation
import LMDB
import Projection

/// A process that tests start, watch and kill.
///
///     log-process append FOLDER PRODUCERS
///
/// appends for ever; a line `source message-id position` for each event, once acknowledged.
///
///     log-process last FOLDER
///
/// the last position, read beside a writer.
///
///     log-process verify FOLDER
///
/// the number of entries, the hash of the last, and the number of problems.
///
///     log-process hold FOLDER TABLE
///
/// holds a read transaction for ever, once `held` is written.
///
///     log-process take FOLDER [STEPS]
///
/// becomes the log's writer, appends nothing, and ends; the epoch.
///
///     log-process create FOLDER STEPS
///
/// makes an environment.
///
///     log-process join FOLDER
///
/// writes `ready`, waits for a file `FOLDER.go`, opens or makes the environment, puts its own
/// process ID into it and keeps it open for ever; the number of the file that it has open.
///
///     log-process fold LOG STATE BATCH STEPS
///
/// folds a log, BATCH entries in a transaction; `folded`.
///
/// With STEPS it ends with SIGKILL just before the step after so many; see `crash_points_arm`.
@main
struct LogProcess {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst().map { $0 }
        guard arguments.count >= 2 else { exit(64) }
        do {
            try await run(arguments[0], arguments[1], Array(arguments.dropFirst(2)))
        } catch {
            crash_points_disarm()
            say("error \(error)")
            exit(1)
        }
    }

    private static func run(_ command: String, _ folder: String, _ more: [String]) async throws {
        switch command {
        case "append": try await append(folder, producers: Int(more[0]) ?? 1)
        case "last": say("\(try LogReader(folder: folder).lastPosition())")
        case "verify": try verify(folder)
        case "hold": try hold(folder, table: more[0])
        case "take": try take(folder, steps: more.first.flatMap { Int($0) })
        case "create": try create(folder, steps: Int(more[0]) ?? 0)
        case "join": try join(folder)
        case "fold":
            try fold(folder, into: more[0], batch: Int(more[1]) ?? 1, steps: Int(more[2]) ?? 0)
        default: exit(64)
        }
    }

    private static func take(_ folder: String, steps: Int?) throws {
        if let steps { crash_points_arm(steps) }
        let log = try LogWriter(folder: folder, now: { 0 })
        let epoch = log.epoch
        log.close()
        crash_points_disarm()
        say("epoch \(epoch)")
    }

    private static func create(_ folder: String, steps: Int) throws {
        crash_points_arm(steps)
        try Environment(path: folder, tables: ["table"]).close()
        crash_points_disarm()
        say("created")
    }

    private static func join(_ folder: String) throws {
        say("ready")
        while access(folder + ".go", F_OK) != 0 { usleep(100) }
        let environment = try Environment(path: folder, tables: ["table"])
        let table = environment.table("table")
        try environment.write { (transaction) throws(LMDBError) in
            try transaction.put(table, key: KeyEncoding.bytes(UInt64(getpid())), value: [])
        }
        var status = stat()
        guard stat(folder + "/data.mdb", &status) == 0 else { exit(2) }
        say("\(status.st_ino)")
        while true { sleep(1) }
    }

    private static func fold(
        _ folder: String, into state: String, batch: Int, steps: Int
    ) throws {
        let log = try LogReader(folder: folder)
        var limits = ProjectorLimits()
        limits.batchEntryCountMax = batch
        limits.mapBytesMax = 1 << 30
        crash_points_arm(steps)
        let projector = try Projector(folder: state, log: log, limits: limits)
        try projector.catchUp()
        projector.close()
        crash_points_disarm()
        say("folded")
    }

    private static func append(_ folder: String, producers: Int) async throws {
        let limits = LogLimits(mapBytesMax: 1 << 30)
        let log = try LogWriter(folder: folder, limits: limits, now: { 0 })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for producer in 0..<producers {
                group.addTask { try await produce(log, source: "\(log.epoch)-\(producer)") }
            }
            try await group.waitForAll()
        }
    }

    private static func produce(_ log: LogWriter, source: String) async throws {
        for number in 0... {
            let event = Event(
                source: source, messageID: "m\(number)", receivedAt: Int64(number),
                bytes: Array(#"{"type":"identify","userId":"\#(number)"}"#.utf8))
            for result in try await log.append([event]) {
                say("\(source) m\(number) \(result.position)")
            }
        }
    }

    private static func verify(_ folder: String) throws {
        let verification = try LogReader(folder: folder).verify()
        let head = verification.chainHead.map { String($0, radix: 16) }.joined()
        say("\(verification.entries) \(head) \(verification.problems.count)")
    }

    private static func hold(_ folder: String, table: String) throws {
        let options = EnvironmentOptions(isReadOnly: true)
        let environment = try Environment(path: folder, tables: [table], options: options)
        try environment.read { (transaction) throws(LMDBError) in
            _ = try transaction.count(environment.table(table))
            say("held")
            while true { sleep(1) }
        }
    }

    /// One line, in one write: a kill cuts no line in two but the last.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

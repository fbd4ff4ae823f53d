import EventLog
import Events
import Foundation
import LMDB

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
///     log-process hold FOLDER
///
/// holds a read transaction for ever, once `held` is written.
///
///     log-process take FOLDER
///
/// becomes the log's writer, appends nothing, and ends; the epoch.
@main
struct LogProcess {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst().map { $0 }
        guard arguments.count >= 2 else { exit(64) }
        do {
            switch arguments[0] {
            case "append": try await append(arguments[1], producers: Int(arguments[2]) ?? 1)
            case "last": say("\(try LogReader(folder: arguments[1]).lastPosition())")
            case "verify": try verify(arguments[1])
            case "hold": try hold(arguments[1])
            case "take":
                let log = try LogWriter(folder: arguments[1], now: { 0 })
                say("epoch \(log.epoch)")
                log.close()
            default: exit(64)
            }
        } catch {
            say("error \(error)")
            exit(1)
        }
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

    private static func hold(_ folder: String) throws {
        let options = EnvironmentOptions(isReadOnly: true)
        let environment = try Environment(path: folder, tables: ["table"], options: options)
        try environment.read { (transaction) throws(LMDBError) in
            _ = try transaction.count(environment.table("table"))
            say("held")
            while true { sleep(1) }
        }
    }

    /// One line, in one write: a kill cuts no line in two but the last.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

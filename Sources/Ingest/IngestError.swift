import EventLog
import Foundation

/// Why taking in a file stopped. Closed: a `switch` over it needs no default.
package enum IngestError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file cannot be opened. Nothing was appended. Check the path and its permissions.
    case cannotOpen(path: String, code: Int32)
    /// Reading failed midway. What was reported as accepted is in the log; run it again, the events
    /// that are there already count as duplicates.
    case cannotRead(path: String, code: Int32)
    /// The file is gzip, and is not whole: at this byte of it (counted from 0) inflating failed, or
    /// it ends too early. As for ``cannotRead(path:code:)``, with the whole file.
    case brokenCompression(path: String, byte: Int)
    /// The names of a CSV file's columns do not say what the rows mean. Nothing was appended.
    case unusableHeader(path: String, line: Int, column: Int, problem: String)
    /// The door could not be opened at that address. Nothing was taken in. Stop what listens there,
    /// or change `ingest.listen`.
    case cannotListen(address: String, reason: String)
    /// The log refused. As for ``cannotRead(path:code:)``; see ``LogError`` for the remedy.
    case log(LogError)
    /// The server that has the log did not take the events, for the reason that it gave. As for
    /// ``cannotRead(path:code:)``, once the reason is gone.
    case refused(reason: String)

    package var description: String {
        switch self {
        case .cannotOpen(let path, let code):
            "cannot open \(path): \(Self.text(code)); check the path and its permissions"
        case .cannotRead(let path, let code):
            "reading \(path) failed: \(Self.text(code)); run the same command again, events "
                + "that are in the log already count as duplicates"
        case .brokenCompression(let path, let byte):
            "\(path) is gzip, but broken or cut off at byte \(byte); get it again, events that are "
                + "in the log already count as duplicates"
        case .unusableHeader(let path, let line, let column, let problem):
            "\(path):\(line):\(column): \(problem)"
        case .cannotListen(let address, let reason):
            "cannot listen on \(address): \(reason); stop what listens there, or change "
                + "ingest.listen"
        case .log(let error): "the log took no more: \(error)"
        case .refused(let reason):
            "the running server took no more: \(reason); then run the same command again, events "
                + "that are in the log already count as duplicates"
        }
    }

    /// The system's words for its error number.
    static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}

import EventLog
import Events

/// Times and positions as commands take and show them.
enum Times {
    /// RFC 3339, UTC.
    static func text(_ milliseconds: Int64) -> String { Timestamp.format(milliseconds) }

    /// A point of the log: a bare number is a position, anything else a time.
    enum Point: Sendable, Hashable {
        case position(UInt64)
        case time(Int64)

        init(_ text: String) throws(CommandFailure) {
            if let number = UInt64(text) {
                self = .position(number)
            } else if let time = Timestamp.parse(text) {
                self = .time(time)
            } else {
                throw .usage(
                    "\(text) is neither a position (a number) nor a time (RFC 3339, such as "
                        + "2026-01-31T12:00:00Z)")
            }
        }

        /// The first position at or after the point; one past the last when there is none.
        func first(in log: LogReader) throws(CommandFailure) -> UInt64 {
            switch self {
            case .position(let number): return max(1, number)
            case .time(let time):
                do {
                    if let position = try log.firstPosition(atOrAfter: time) {
                        return position.number
                    }
                    return try log.lastPosition().number + 1
                } catch {
                    throw CommandFailure(error)
                }
            }
        }

        /// The last position at or before the point; zero when there is none.
        func last(in log: LogReader) throws(CommandFailure) -> UInt64 {
            switch self {
            case .position(let number): return number
            case .time(let time): return try Point.time(time + 1).first(in: log) - 1
            }
        }

    }
}

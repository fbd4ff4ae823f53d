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

        /// How long after its stamp an entry may still be on its way into the log.
        private static let appendDurationMax: Int64 = 1_000

        /// Whether nothing at or before the point is still to come.
        ///
        /// - Parameters:
        ///   - next: the first position that was not looked at yet.
        ///   - now: milliseconds since 1970-01-01T00:00:00Z.
        func isOver(next: UInt64, now: Int64) -> Bool {
            switch self {
            case .position(let number): next > number
            case .time(let time): now > time && now - time > Self.appendDurationMax
            }
        }

        /// Whether `entry` is behind the point.
        func isBefore(_ entry: Entry) -> Bool {
            switch self {
            case .position(let number): entry.position.number > number
            case .time(let time): entry.recordedAt > time
            }
        }
    }
}

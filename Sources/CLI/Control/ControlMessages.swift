import Delivery
import EventLog
import Events
import Projection

/// What a command and a running server say to each other over the control socket.
enum ControlMessage {
    /// What became of appended events: one result for each, in order.
    struct Appended: Codable {
        enum Outcome: String, Codable {
            case accepted, duplicate, conflict
        }

        let outcomes: [Outcome]
        let positions: [UInt64]

        init(_ results: [AppendResult]) {
            outcomes = results.map { result in
                switch result {
                case .accepted: .accepted
                case .duplicate: .duplicate
                case .conflict: .conflict
                }
            }
            positions = results.map(\.position.number)
        }

        var results: [AppendResult] {
            zip(outcomes, positions).map { outcome, number in
                switch outcome {
                case .accepted: .accepted(Position(number))
                case .duplicate: .duplicate(Position(number))
                case .conflict: .conflict(Position(number))
                }
            }
        }
    }

    /// A decision's place in the log.
    struct Decided: Codable {
        let position: UInt64
    }

    /// Who is serving.
    struct Hello: Codable {
        let processID: Int32
        let ingest: String
        /// The latest file that the server was told to take up, if it did not.
        let refused: RefusedConfiguration?
    }

    /// A configuration that did not come into force.
    struct RefusedConfiguration: Codable, Sendable {
        /// Milliseconds since 1970-01-01T00:00:00Z.
        let at: Int64
        /// Everything that is wrong with it, one problem a line.
        let problems: String
    }

    /// Why a request was not carried out.
    struct Refusal: Codable, Error {
        /// The server's own reason, with its remedy.
        let message: String
        /// It passes by itself within moments: the same may be sent again then. Absent when not.
        var isPassing: Bool?
    }
}

/// Events as bytes on the control socket: each ``EventBody`` behind its receive time and its
/// length.
enum EventFrames {
    static func encode(_ events: [Event]) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events {
            let body = EventBody.encode(event)
            withUnsafeBytes(of: event.receivedAt.bigEndian) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: UInt32(body.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: body)
        }
        return bytes
    }

    /// - Returns: `nil` when the bytes are not whole frames of events.
    static func decode(_ bytes: [UInt8]) -> [Event]? {
        var events: [Event] = []
        var index = 0
        while index < bytes.count {
            guard index + 12 <= bytes.count else { return nil }
            let receivedAt = bytes[index..<index + 8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
            let count = bytes[index + 8..<index + 12].reduce(0) { $0 << 8 | Int($1) }
            index += 12
            guard index + count <= bytes.count else { return nil }
            let entry = Entry(
                position: .zero, kind: .event, recordedAt: receivedAt,
                body: Array(bytes[index..<index + count]), hash: [])
            do {
                events.append(try EventBody.decode(entry))
            } catch {
                return nil
            }
            index += count
        }
        return events
    }
}

import EventLog
import Events
import HTTPTypes

/// Why a request as a whole is not answered with success.
enum Refusal: Error {
    case notFound
    case wrongMethod(allowed: HTTPRequest.Method)
    case unauthorised
    case unsupportedEncoding
    case bodyTooLarge(bytesMax: Int)
    /// The same, found while inflating: the rest of the body cannot be made sense of.
    case inflatedBodyTooLarge(bytesMax: Int)
    case brokenCompression
    /// The body did not arrive in time.
    case tooSlow
    /// Too many bodies are being read at once.
    case busy
    /// The source has sent more events than it may.
    case tooMany(retryAfter: Duration)
    case rejected(EventRejection)
    /// The event's message ID was accepted before with another body.
    case conflict
    case log(LogError)

    var status: HTTPResponse.Status {
        switch self {
        case .notFound: .notFound
        case .wrongMethod: .methodNotAllowed
        case .unauthorised: .unauthorized
        case .unsupportedEncoding: .unsupportedMediaType
        case .bodyTooLarge, .inflatedBodyTooLarge: .contentTooLarge
        case .brokenCompression: .badRequest
        case .tooSlow: .requestTimeout
        case .busy, .tooMany: .tooManyRequests
        case .rejected(let rejection):
            rejection.reason == .eventTooLarge ? .contentTooLarge : .badRequest
        case .conflict: .conflict
        case .log(.overloaded): .tooManyRequests
        case .log(.entryTooLarge): .contentTooLarge
        case .log: .serviceUnavailable
        }
    }

    var code: String {
        switch self {
        case .notFound: "not-found"
        case .wrongMethod: "method-not-allowed"
        case .unauthorised: "unauthorised"
        case .unsupportedEncoding: "unsupported-encoding"
        case .bodyTooLarge, .inflatedBodyTooLarge: "body-too-large"
        case .brokenCompression: "broken-compression"
        case .tooSlow: "too-slow"
        case .busy, .log(.overloaded): "overloaded"
        case .tooMany: "too-many-events-a-second"
        case .rejected(let rejection): rejection.code
        case .conflict: RejectionReason.messageIDConflict.rawValue
        case .log(.full): "storage-full"
        case .log(.entryTooLarge): "event-too-large"
        case .log: "storage-unavailable"
        }
    }

    var message: String {
        switch self {
        case .notFound: "there is nothing here; post events to /v1/batch or /v1/identify"
        case .wrongMethod(let allowed): "use \(allowed.rawValue) here"
        case .unauthorised:
            "no known write key; send it as the user name of Basic authorisation, as a Bearer "
                + "token, or as writeKey in the body"
        case .unsupportedEncoding: "send the body as it is, or with Content-Encoding: gzip"
        case .bodyTooLarge(let max), .inflatedBodyTooLarge(let max):
            "the body is larger than \(max) bytes; send fewer events at once"
        case .brokenCompression: "the body is not what its Content-Encoding says"
        case .tooSlow: "the body did not arrive in time"
        case .busy: "too many requests are being read; try again shortly"
        case .tooMany: "this source sends more events a second than it may; try again later"
        case .rejected(let rejection): rejection.message
        case .conflict:
            "an event with this messageId was accepted before with another body; the first stays"
        case .log(.overloaded): "too many events wait to be stored; try again shortly"
        case .log(.full): "the storage is full; the event was not accepted"
        case .log(.entryTooLarge): "the event is too large to be stored"
        case .log: "events cannot be stored now; the event was not accepted"
        }
    }

    /// Whether trying again later can help.
    var isTemporary: Bool {
        switch self {
        case .busy, .tooMany: true
        case .log(.entryTooLarge): false
        case .log: true
        default: false
        }
    }

    /// Whether the body was left unread and cannot be read on, so that the connection must not go
    /// on. Other bodies are read to their end and dropped: closing at once could lose the answer.
    var leavesBodyUnread: Bool {
        switch self {
        case .tooSlow, .brokenCompression, .inflatedBodyTooLarge: true
        default: false
        }
    }
}

import AsyncHTTPClient
import NIOCore
import NIOPosix

/// What went wrong between here and Salesforce: a phrase without values, and whether it certainly
/// happened before the request left.
struct TransportFault: Sendable, Hashable {
    let reason: String
    let isBeforeSending: Bool

    init(_ error: any Error) {
        switch error {
        case let error as HTTPClientError:
            self = Self.fault(of: error)
        case is NIOConnectionError:
            // Name resolution or every connection attempt failed: no socket, no byte.
            self.init("no connection could be made", isBeforeSending: true)
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            self.init("the connection was refused", isBeforeSending: true)
        case is TimeLimitExceeded:
            self.init("no complete answer within the time limit", isBeforeSending: false)
        case is NIOTooManyBytesError:
            self.init("the answer is larger than the limit", isBeforeSending: false)
        case is CancellationError:
            self.init("the call was cancelled", isBeforeSending: false)
        default:
            // The type's name only: descriptions of foreign errors may carry addresses or data.
            self.init("the connection failed (\(type(of: error)))", isBeforeSending: false)
        }
    }

    private init(_ reason: String, isBeforeSending: Bool) {
        self.reason = reason
        self.isBeforeSending = isBeforeSending
    }

    private static func fault(of error: HTTPClientError) -> TransportFault {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout:
            .init("no connection within the time limit", isBeforeSending: true)
        case .tlsHandshakeTimeout:
            .init("no TLS session within the time limit", isBeforeSending: true)
        case .invalidURL, .emptyHost, .emptyScheme, .alreadyShutdown:
            .init("the HTTP client refused the request (\(error))", isBeforeSending: true)
        case .deadlineExceeded, .readTimeout:
            .init("no complete answer within the time limit", isBeforeSending: false)
        case .remoteConnectionClosed:
            .init(
                "the connection was closed before the answer was complete", isBeforeSending: false)
        case .cancelled:
            .init("the call was cancelled", isBeforeSending: false)
        default:
            .init("the connection failed (HTTPClientError)", isBeforeSending: false)
        }
    }
}

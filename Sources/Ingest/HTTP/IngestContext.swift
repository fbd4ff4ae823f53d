import Hummingbird
import Logging
import NIOCore

/// What Hummingbird hands over with each request; none of its decoders are needed here.
struct IngestContext: InitializableFromSource {
    let channel: any Channel
    let logger: Logger

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
    }
}

extension Response {
    /// The same answer, after which the connection is closed instead of reading on.
    func closing(_ channel: any Channel) -> Response {
        let inner = body
        var response = self
        response.headers[.connection] = "close"
        response.body = ResponseBody(contentLength: inner.contentLength) { writer in
            try await inner.write(writer)
            channel.close(promise: nil)
        }
        return response
    }
}

import HTTPTypes
import Hummingbird
import NIOCore

/// Answers packed with gzip for clients that accept it, as Salesforce packs them.
enum CompressedAnswers {
    static func packed(_ response: Response, for request: Request) -> Response {
        let accepted = request.headers[values: .acceptEncoding].joined(separator: ",").lowercased()
        guard accepted.contains("gzip"), response.body.contentLength != 0,
            response.headers[.contentType] != nil
        else { return response }
        var headers = response.headers
        headers[.contentEncoding] = "gzip"
        headers[.vary] = "Accept-Encoding"
        headers[.contentLength] = nil
        let body = response.body
        return Response(
            status: response.status, headers: headers,
            body: ResponseBody { writer in
                try await body.write(GzipBodyWriter(parent: writer))
            })
    }
}

/// Packs what is written and hands it on.
private struct GzipBodyWriter: ResponseBodyWriter {
    var parent: any ResponseBodyWriter
    private var encoder = GzipEncoder()

    init(parent: any ResponseBodyWriter) { self.parent = parent }

    mutating func write(_ buffer: ByteBuffer) async throws {
        let packed = encoder.add(Array(buffer.readableBytesView))
        try await parent.write(ByteBuffer(bytes: packed))
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await parent.write(ByteBuffer(bytes: encoder.finish()))
        try await parent.finish(trailingHeaders)
    }
}

import Delivery
import EventLog
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Projection
import ServiceLifecycle

/// The control socket of `serve`: commands that write go through it, because the log has one
/// writer.
///
/// A Unix socket in the data folder, so that whoever may write the folder may use it, and nobody
/// else.
struct ControlServer {
    let folder: DataFolder
    let log: LogWriter
    let engine: DeliveryEngine
    let ingestAddress: IngestAddress
    let refused: RefusedConfiguration
    let logger: Logger

    /// One ingest frame: 1,000 events of 32 KB at the very most.
    private static let bodyBytesMax = 64 << 20

    func service() -> some Service {
        // A socket that a killed server left behind; the log's lock says that nobody serves now.
        unlink(folder.controlSocket)
        let router = Router()
        router.get("hello") { _, _ in
            try json(
                ControlMessage.Hello(
                    processID: ProcessInfo.processInfo.processIdentifier,
                    ingest: ingestAddress.text, refused: refused.current))
        }
        router.post("events") { request, _ in try await append(request) }
        router.post("decisions") { request, _ in try await decide(request) }
        router.post("apply") { _, _ in try await apply() }
        return Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: folder.controlSocket)),
            onServerRunning: { [path = folder.controlSocket] _ in chmod(path, 0o600) },
            logger: logger)
    }

    private func append(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.bodyBytesMax)
        guard let events = EventFrames.decode(Array(buffer: body)) else {
            return try refused(.badRequest, .init(message: "the body is no sequence of events"))
        }
        do {
            return try json(ControlMessage.Appended(try await log.append(events)))
        } catch {
            return try refused(error)
        }
    }

    private func decide(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.bodyBytesMax)
        do {
            // Read first, so that nothing but a decision gets into the log under its name.
            _ = try LogJSON.decode(DecisionEntry.self, from: Array(buffer: body), at: 0)
            let position = try await log.append(kind: .decision, body: Array(buffer: body))
            return try json(ControlMessage.Decided(position: position.number))
        } catch {
            return try refused(error)
        }
    }

    private func apply() async throws -> Response {
        do {
            await engine.hurry()
            let before = await engine.currentReport()
            let pass = SyncPass(engine: engine, environment: Clocks.deliveryEnvironment)
            let result = try await pass.run()
            return try json(
                PassDocument(
                    result, report: result.report.since(before),
                    counts: try engine.state.counts(), position: log.lastPosition.number))
        } catch {
            return try refused(error)
        }
    }

    private func json(_ value: some Encodable) throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONEncoder().encode(value))))
    }

    private func refused(_ error: any Error) throws -> Response {
        var refusal = ControlMessage.Refusal(message: "\(error)")
        if case .overloaded? = error as? LogError { refusal.isPassing = true }
        return try refused(.serviceUnavailable, refusal)
    }

    private func refused(
        _ status: HTTPResponse.Status, _ refusal: ControlMessage.Refusal
    ) throws -> Response {
        var response = try json(refusal)
        response.status = status
        return response
    }
}

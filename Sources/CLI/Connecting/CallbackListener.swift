import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Salesforce
import ServiceLifecycle
import Synchronization

/// Waits on this machine for the browser that comes back with Salesforce's answer.
///
/// Listens on 127.0.0.1 alone, for one answer. Requests that are not the answer to the run under
/// way are refused and change nothing.
struct CallbackListener {
    /// `nil` for any free one.
    let port: Int?
    let settings: ClientSettings

    /// How long a person may take to log in.
    static let waitMax: Duration = .seconds(600)

    /// What a person brought back.
    struct Redeemable: Sendable {
        let code: Confidential
        let consent: Consent
    }

    /// Listens, shows the address, and returns when the answer has come.
    ///
    /// - Parameter show: called once, with the address to open.
    func code(_ show: @escaping @Sendable (String) -> Void) async throws -> Redeemable {
        let (answers, answered) = AsyncStream.makeStream(of: Consent.Answer.self)
        let consent = Mutex<Consent?>(nil)
        let (failures, failed) = AsyncStream.makeStream(of: CommandFailure.self)
        let router = routes { items in
            consent.withLock { $0 }?.answer(toCallback: items) ?? .stranger
        } told: { answer in
            answered.yield(answer)
        }
        let settings = settings
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: port ?? 0), serverName: nil),
            onServerRunning: { channel in
                do {
                    let run = try Consent(
                        settings: settings, port: channel.localAddress?.port ?? 0,
                        randomBytes: Clocks.randomBytes(count: Consent.randomByteCount))
                    consent.withLock { $0 = run }
                    show(run.address)
                } catch {
                    failed.yield(CommandFailure(error))
                }
            },
            logger: Diagnostics.logger(.critical))
        let answer = try await Self.first(of: answers, or: failures, while: application)
        switch (answer, consent.withLock { $0 }) {
        case (.code(let code), let run?): return Redeemable(code: code, consent: run)
        case (.refused(let error), _): throw CommandFailure(error)
        default: throw CommandFailure.failed("nobody answered at the browser")
        }
    }

    /// The first answer; the application is then shut down in good order, so that the browser gets
    /// its page.
    private static func first(
        of answers: AsyncStream<Consent.Answer>, or failures: AsyncStream<CommandFailure>,
        while application: some Service
    ) async throws -> Consent.Answer {
        let services = ServiceGroup(
            configuration: .init(
                services: [.init(service: application)], logger: Diagnostics.logger(.critical)))
        return try await withThrowingTaskGroup(of: Consent.Answer?.self) { group in
            group.addTask {
                try await services.run()
                return nil
            }
            group.addTask {
                for await answer in answers { return answer }
                return nil
            }
            group.addTask {
                for await failure in failures { throw failure }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: waitMax)
                throw CommandFailure.failed(
                    "nobody answered at the browser in \(waitMax.components.seconds / 60) minutes; "
                        + "nothing was changed; run `tidemark connect` again")
            }
            defer { group.cancelAll() }
            while let answer = try await group.next() {
                guard let answer else { continue }
                await services.triggerGracefulShutdown()
                return answer
            }
            throw CancellationError()
        }
    }

    private func routes(
        _ read: @escaping @Sendable ([(name: String, value: String)]) -> Consent.Answer,
        told: @escaping @Sendable (Consent.Answer) -> Void
    ) -> Router<BasicRequestContext> {
        let router = Router()
        router.get("callback") { request, _ in
            let items = request.uri.queryParameters.map {
                (name: String($0.key), value: String($0.value))
            }
            let answer = read(items)
            let tell = { @Sendable in told(answer) }
            switch answer {
            case .code:
                return Self.page(
                    .ok, "Tidemark has its answer. You may close this window.", then: tell)
            case .refused:
                return Self.page(.ok, "Salesforce said no. The terminal says why.", then: tell)
            case .stranger:
                return Self.page(.badRequest, "This is not the answer that Tidemark waits for.")
            }
        }
        return router
    }

    /// Fixed texts only: nothing that came in is shown.
    ///
    /// - Parameter then: called when the page has been sent, or cannot be: the server ends by it.
    private static func page(
        _ status: HTTPResponse.Status, _ text: String,
        then: @escaping @Sendable () -> Void = {}
    ) -> Response {
        let html = "<!doctype html><title>Tidemark</title><p>\(text)</p>"
        return Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .connection: "close",
            ],
            body: ResponseBody(contentLength: html.utf8.count) { writer in
                defer { then() }
                try await writer.write(ByteBuffer(string: html))
                try await writer.finish(nil)
            })
    }
}

/// The person's browser.
enum Browser {
    /// Opens an address, where there is a screen to open it on. What cannot be opened has been
    /// printed as well.
    static func open(_ address: String) {
        #if os(macOS)
        let program = "open"
        #else
        let program = "xdg-open"
        let environment = ProcessInfo.processInfo.environment
        guard environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil else {
            return
        }
        #endif
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program, address]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch {
            StandardError.write("no browser could be started; open the address by hand")
        }
    }
}

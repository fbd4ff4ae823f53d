import EventLog
import Foundation
import LMDB
import Logging
import ServiceLifecycle

/// Looks after the log while a server runs: readers of dead processes, space, and a store that
/// failed.
struct StoreCare: Service {
    let log: LogWriter
    let logger: Logger

    private static let interval: Duration = .seconds(60)
    private static let brokenCheckInterval: Duration = .seconds(1)

    /// The disk failed under the log.
    struct Broken: Error, CustomStringConvertible {
        var description: String {
            "the log's disk failed; nothing more is acknowledged. Look at the disk, then start "
                + "again: the start checks the log's end"
        }
    }

    /// - Throws: ``Broken`` when a commit failed: the group then stops, and the process ends.
    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var lastCare = ContinuousClock.now - Self.interval
            while !Task.isCancelled {
                if log.isBroken { throw Broken() }
                if ContinuousClock.now - lastCare >= Self.interval {
                    care()
                    lastCare = .now
                }
                do {
                    try await Task.sleep(for: Self.brokenCheckInterval)
                } catch {
                    // Cancelled: the server shuts down.
                    return
                }
            }
        }
    }

    private func care() {
        do {
            let reader = log.reader()
            try reader.clearStaleReaders()
            let usage = try reader.usage()
            if usage.isWarning {
                logger.warning(
                    "the log's disk or map is filling up",
                    metadata: [
                        "disk.free.bytes": "\(usage.diskFreeBytes)",
                        "log.used.bytes": "\(usage.usedBytes)",
                    ])
            }
        } catch {
            logger.error("the log could not be looked after", metadata: ["error": "\(error)"])
        }
    }
}

import EventLog
import Foundation
import LMDB
import Logging
import Projection
import ServiceLifecycle

/// Looks after log and state while a server runs: readers of dead processes, space, and a store
/// that failed.
struct StoreCare: Service {
    let log: LogWriter
    let state: StateStore
    let logger: Logger

    private static let interval: Duration = .seconds(60)
    /// From this share on it is an error that nobody has made room.
    private static let urgentPercent = 95
    private static let brokenCheckInterval: Duration = .seconds(1)

    /// A store that cannot be used until it is opened again.
    enum Broken: Error, CustomStringConvertible {
        case log, state

        var description: String {
            switch self {
            case .log:
                "the log's disk failed; nothing more is acknowledged. Look at the disk, then start "
                    + "again: the start checks the log's end"
            case .state:
                "the state folder failed; nothing more can be folded or sent, and nothing is lost. "
                    + "Look at the disk, then start again; if that fails too, `tidemark rebuild` "
                    + "makes the state anew from the log"
            }
        }
    }

    /// - Throws: ``Broken`` when a store failed: the group then stops, and the process ends.
    func run() async throws {
        let begun = ContinuousClock.now
        try await cancelWhenGracefulShutdown {
            var lastCare = ContinuousClock.now - Self.interval
            var space = SpaceWatch()
            while !Task.isCancelled {
                if log.isBroken { throw Broken.log }
                if state.isBroken { throw Broken.state }
                if ContinuousClock.now - lastCare >= Self.interval {
                    lastCare = .now
                    care(&space, at: begun.duration(to: lastCare))
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

    private func care(_ space: inout SpaceWatch, at now: Duration) {
        do {
            let reader = log.reader()
            try reader.clearStaleReaders()
            let usage = try reader.usage()
            if let news = space.look(usage, now: now) { say(news, usage) }
        } catch {
            logger.error("the log could not be looked after", metadata: ["error": "\(error)"])
        }
        do {
            try state.clearStaleReaders()
        } catch {
            logger.error("the state could not be looked after", metadata: ["error": "\(error)"])
        }
    }

    private func say(_ news: SpaceWatch.News, _ usage: EnvironmentUsage) {
        let metadata: Logger.Metadata = [
            "disk.free.bytes": "\(usage.diskFreeBytes)", "disk.bytes": "\(usage.diskBytes)",
            "log.bytes": "\(usage.usedBytes)", "map.bytes": "\(usage.mapBytes)",
        ]
        switch news {
        case .filling(let place, let percent):
            logger.log(
                level: percent >= Self.urgentPercent ? .error : .warning,
                "the log's \(place.rawValue) is \(percent)% full", metadata: metadata)
        case .eased: logger.notice("the log's disk and map have room again", metadata: metadata)
        }
    }
}

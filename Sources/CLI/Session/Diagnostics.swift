import Foundation
import Logging

/// Structured logs on standard error: identifiers and positions, never values of events.
enum Diagnostics {
    /// - Parameter level: `LOG_LEVEL` in the environment wins.
    static func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "tidemark") { StreamLogHandler.standardError(label: $0) }
        let wanted = ProcessInfo.processInfo.environment["LOG_LEVEL"]
        logger.logLevel = wanted.flatMap { Logger.Level(rawValue: $0.lowercased()) } ?? level
        return logger
    }
}

import Dispatch
import Foundation
import Synchronization

/// The programs that run for a figure, and the folders that they work in. They end with this
/// program however it ends, but for SIGKILL: an emulator left behind would falsify what is measured
/// next.
enum Children {
    private struct Running {
        var processIDs: Set<Int32> = []
        var folders: Set<String> = []
    }

    // Protected by the mutex.
    private static let running = Mutex(Running())

    /// Starts a program; when it has ended its number may be anybody else's.
    static func run(_ process: Process) throws {
        process.terminationHandler = { process in
            let id = process.processIdentifier
            running.withLock { _ = $0.processIDs.remove(id) }
        }
        // Under the lock, so that even the end of a short one comes after its entry.
        try running.withLock { running in
            try process.run()
            running.processIDs.insert(process.processIdentifier)
        }
    }

    static func works(in folder: URL) { running.withLock { _ = $0.folders.insert(folder.path) } }

    static func left(_ folder: URL) { running.withLock { _ = $0.folders.remove(folder.path) } }

    /// From now on SIGTERM, SIGINT and SIGHUP end the children before they end this program. Call
    /// once.
    static func endWithThisProgram() {
        for number in [SIGTERM, SIGINT, SIGHUP] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                // Held by its own handler, for as long as the program runs.
                _ = source
                end()
                exit(128 + number)
            }
            source.resume()
        }
    }

    private static func end() {
        running.withLock { running in
            for id in running.processIDs { kill(id, SIGKILL) }
            // What stays behind is only space.
            for folder in running.folders { try? FileManager.default.removeItem(atPath: folder) }
        }
    }
}

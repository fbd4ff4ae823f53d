import Crypto
import Delivery
import EventLog
import Foundation

/// Paths in the data folder.
struct DataFolder: Sendable {
    let path: String

    var log: String { path + "/log" }
    var state: String { path + "/state" }
    /// What `check` was last told of objects, whole; the log keeps only what actions use.
    var descriptions: String { path + "/descriptions" }
    var credentials: String { path + "/credentials" }

    /// Socket addresses end at 108 bytes on Linux, with the zero at the end.
    private static let socketPathBytesMax = 100

    /// The control socket of a running `serve`. In the data folder; where that path is too long for
    /// a socket, in the temporary folder under a name made from it.
    var controlSocket: String {
        let inside = path + "/control.sock"
        guard inside.utf8.count > Self.socketPathBytesMax else { return inside }
        let digest = SHA256.hash(data: Data(path.utf8)).prefix(10)
        return "/tmp/tidemark-\(getuid())-\(HexText.of(digest)).sock"
    }

    /// - Throws: when this user may not look: that is not the same as nothing being there.
    func holdsLog() throws(CommandFailure) -> Bool {
        var status = stat()
        if stat(log + "/data.mdb", &status) == 0 { return true }
        guard errno != ENOENT else { return false }
        throw .failed(
            "\(path) cannot be looked into: \(String(cString: strerror(errno))); check `data`, and "
                + "whether this user may read it")
    }

    /// - Throws: when there is no log yet, with what starts one.
    func requireLog() throws(CommandFailure) {
        guard try holdsLog() else {
            throw .failed(
                "\(path) holds no log yet; `tidemark ingest FILE` or `tidemark serve` starts one")
        }
    }
}

extension DataFolder {
    /// A folder for what this process folds and throws away again. What processes left that were
    /// stopped half-way goes now.
    func scratch(_ purpose: String) -> String {
        let prefix = purpose + "-"
        // What is wrong with a folder that cannot be listed shows elsewhere.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            guard name.hasPrefix(prefix), let owner = Int32(name.dropFirst(prefix.count)),
                kill(owner, 0) != 0, errno == ESRCH
            else { continue }
            // What stays costs disk space, nothing else.
            try? FileManager.default.removeItem(atPath: path + "/" + name)
        }
        return path + "/" + prefix + "\(getpid())"
    }

    /// The latest configuration entry, read with a reader of its own; `nil` without a log, or
    /// before there is one. The log must not be open in this process.
    func latestConfiguration() throws(CommandFailure) -> ConfigurationRecorder.Recorded? {
        guard try holdsLog() else { return nil }
        do {
            let log = try LogReader(folder: log)
            defer { log.close() }
            return try ConfigurationRecorder.latest(in: log)
        } catch {
            throw CommandFailure(error)
        }
    }
}

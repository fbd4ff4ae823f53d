import Crypto
import Foundation

/// Keeps one grant on disk, sealed, so that it outlives the process and a copy of the data folder
/// gives nobody access.
///
/// A file of one line of text and a box of ChaCha20-Poly1305 (RFC 8439), whose key lies elsewhere.
/// The line is authenticated too; it names the key by a code that tells nothing about it, so that
/// a wrong key and a damaged file are told apart. Replacing is atomic and durable: the new file is
/// on disk before it takes the old one's name.
///
/// Several processes may share a vault: whoever renews holds ``withLock(_:)`` from reading the
/// grant to storing the next.
package struct GrantVault: Sendable {
    /// The folder, in the data folder. Made when something is stored.
    package let folder: String
    private let key: SymmetricKey
    private let header: String

    package var path: String { folder + "/grant" }
    private var lockPath: String { folder + "/lock" }

    /// A larger file is none of ours.
    private static let fileBytesMax = 64 * 1024
    private static let format = "tidemark-grant 1"

    /// - Parameter key: 32 bytes.
    package init(folder: String, key: [UInt8]) {
        precondition(key.count == 32, "ChaCha20-Poly1305 takes keys of 32 bytes")
        self.folder = folder
        let key = SymmetricKey(data: key)
        self.key = key
        let code = HMAC<SHA256>.authenticationCode(for: Array(Self.format.utf8), using: key)
        header = Self.format + " " + Array(code.prefix(8)).map(Self.hex).joined() + "\n"
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// The grant; `nil` when there is none.
    ///
    /// - Throws: ``SalesforceError/grantUnusable(_:)`` when the file was sealed with another key,
    ///   is damaged, or cannot be read. It is left as it is.
    package func load() throws(SalesforceError) -> StoredGrant? {
        guard let bytes = try readFile() else { return nil }
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { throw damaged }
        let line = bytes[...end]
        guard line.elementsEqual(header.utf8) else {
            guard line.starts(with: Self.format.utf8) else { throw damaged }
            throw .grantUnusable(
                "\(path) was sealed with another key than salesforce.auth.grantKey gives; put the "
                    + "right key in place, or move the file away and run `tidemark connect`")
        }
        // Whatever cannot be opened is damaged: why is nothing that a person could act on.
        guard let box = try? ChaChaPoly.SealedBox(combined: bytes[(end + 1)...]),
            let plain = try? ChaChaPoly.open(box, using: key, authenticating: line),
            let grant = StoredGrant(decoding: Array(plain))
        else { throw damaged }
        return grant
    }

    /// Stores a grant in the place of the one before. When this returns, it is on disk.
    ///
    /// - Throws: ``SalesforceError/grantUnusable(_:)``; the grant before it is still there then.
    func store(_ grant: StoredGrant) throws(SalesforceError) {
        do {
            let line = Array(header.utf8)
            let box = try ChaChaPoly.seal(grant.encoded(), using: key, authenticating: line)
            try makeFolder()
            try Self.replace(path, with: line + Array(box.combined), in: folder)
        } catch {
            throw .grantUnusable(
                "the grant could not be stored in \(path): \(error); the one before it is kept")
        }
    }

    /// Forgets the grant. Nothing happens when there is none.
    package func remove() throws(SalesforceError) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw .grantUnusable("\(path) could not be removed: \(DiskFault.current)")
    }

    private var damaged: SalesforceError {
        .grantUnusable(
            "\(path) is damaged, or no grant; move it away and run `tidemark connect`")
    }

    private func readFile() throws(SalesforceError) -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer {
                // Nothing was written through it.
                try? file.close()
            }
            let data = try file.read(upToCount: Self.fileBytesMax + 1) ?? Data()
            if data.count <= Self.fileBytesMax { return Array(data) }
        } catch {
            throw .grantUnusable("\(path) could not be read: \(error.localizedDescription)")
        }
        throw damaged
    }

    private func makeFolder() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }
}

// Locking, and replacing a file so that either the old or the new one is there.
extension GrantVault {
    /// How long to wait for another process's renewal: longer than a call may take.
    private static let lockWaitMax: Duration = .seconds(150)
    private static let lockPollInterval: Duration = .milliseconds(20)

    /// Runs `body` while no other holder of the vault does, in this process or another.
    func withLock<R: Sendable>(
        _ body: () async throws(SalesforceError) -> R
    ) async throws(SalesforceError) -> R {
        do { try makeFolder() } catch {
            throw .grantUnusable("\(folder) could not be made: \(error.localizedDescription)")
        }
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .grantUnusable("\(lockPath) could not be opened: \(DiskFault.current)")
        }
        // Closing gives the lock back, whoever ends this process.
        defer { close(descriptor) }
        let begun = ContinuousClock.now
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR,
                ContinuousClock.now - begun < Self.lockWaitMax
            else {
                throw .grantUnusable("\(lockPath) is held by another process; try again")
            }
            do { try await Task.sleep(for: Self.lockPollInterval) } catch {
                throw .notSent(.token, reason: "the call was cancelled")
            }
        }
        return try await body()
    }

    private static func replace(_ path: String, with bytes: [UInt8], in folder: String) throws {
        let next = path + ".next"
        let file = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DiskFault.current }
        do {
            try write(bytes, to: file)
            guard fsync(file) == 0 else { throw DiskFault.current }
        } catch {
            close(file)
            unlink(next)
            throw error
        }
        guard close(file) == 0, rename(next, path) == 0 else { throw DiskFault.current }
        // The new name is on disk only when the folder is.
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw DiskFault.current }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw DiskFault.current }
    }

    private static func write(_ bytes: [UInt8], to file: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw DiskFault.current
            }
            rest = rest.dropFirst(count)
        }
    }

    /// What the system says went wrong.
    private struct DiskFault: Error, CustomStringConvertible {
        let description: String
        static var current: DiskFault { DiskFault(description: String(cString: strerror(errno))) }
    }
}

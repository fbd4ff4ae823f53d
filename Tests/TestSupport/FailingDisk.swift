import Foundation

/// How a disk fails.
package enum DiskFault: Sendable {
    /// Writes give ENOSPC.
    case full
    /// Writes give EIO.
    case broken
    /// Only the last step of a commit, the write of the meta page, gives EIO.
    case brokenAtTheMetaPage
}

/// Makes the disk fail under an open store, for as long as `body` runs, without privileges and
/// without touching any other file: the store's open files are replaced by devices of Linux that
/// fail. `/dev/full` gives ENOSPC to every write; `/proc/self/mem` gives EIO to writes at addresses
/// where nothing is mapped, and the pages of a small store, taken as addresses, lie below anything
/// that is.
@discardableResult
package func withFailingDisk<R>(
    under folder: String, _ fault: DiskFault, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
) async throws -> R {
    let files = try openDataFiles(in: folder).filter { file in
        // LMDB writes meta pages through a file of their own, opened with O_DSYNC.
        fault != .brokenAtTheMetaPage || fcntl(file, F_GETFL) & O_DSYNC != 0
    }
    guard !files.isEmpty else { throw UnsoundStore(description: "\(folder) has no open data file") }
    let device = open(fault == .full ? "/dev/full" : "/proc/self/mem", O_RDWR)
    guard device >= 0 else { throw UnsoundStore(description: "no failing device on this system") }
    let kept = files.map { dup($0) }
    for file in files { dup2(device, file) }
    close(device)
    defer {
        for (file, original) in zip(files, kept) {
            dup2(original, file)
            close(original)
        }
    }
    return try await body()
}

/// Whether this system has the devices that ``withFailingDisk(under:_:isolation:_:)`` needs.
package var hasFailingDevices: Bool {
    access("/dev/full", W_OK) == 0 && access("/proc/self/mem", W_OK) == 0
}

private func openDataFiles(in folder: String) throws -> [Int32] {
    let wanted = URL(fileURLWithPath: folder + "/data.mdb").resolvingSymlinksInPath().path
    let files = FileManager.default
    return try files.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { name in
        // A file that was closed meanwhile, by another test, has no target any more: not ours.
        let target = try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name)
        return target == wanted ? Int32(name) : nil
    }
}

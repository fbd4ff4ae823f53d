import CMalloc

/// How the process asks the system for memory.
enum MemoryUse {
    /// Freed memory above this is given back at once.
    private static let keptBytesMax: Int32 = 128 << 10

    /// Keeps freed memory from piling up: once, before other threads begin.
    ///
    /// glibc gives each thread a heap of its own, up to eight for each core, and what one thread
    /// frees no other can use. Intake, folding and delivery need their memory one after another,
    /// so a server held nearly twice what it needed at any time (`docs/benchmarks.md`, "Memory").
    /// Other systems do without.
    static func shareOneHeap() {
        #if canImport(Glibc)
        // What cannot be set stays as it was: more memory, nothing worse.
        _ = mallopt(M_ARENA_MAX, 1)
        _ = mallopt(M_TRIM_THRESHOLD, keptBytesMax)
        #endif
    }
}

import CAppendBenchmark

/// The log in plain C, with its codes as errors.
struct CLog: ~Copyable {
    private let log: OpaquePointer

    init(folder: String) throws {
        var opened: OpaquePointer?
        let code = c_log_open(&opened, folder)
        guard code == 0, let log = opened else {
            throw Mistake(
                description: code == -1
                    ? "libcrypto is missing: apt-get install libssl3" : "the C log failed: \(code)")
        }
        self.log = log
    }

    deinit { c_log_close(log) }

    func append(_ events: UnsafePointer<c_event>, count: Int) throws {
        try Self.check(c_log_append(log, events, count))
    }

    func run(_ events: UnsafePointer<c_event>, threads: Int, perThread: Int) throws {
        try Self.check(c_log_run_threads(log, events, Int32(threads), Int32(perThread)))
    }

    private static func check(_ code: Int32) throws {
        guard code == 0 else { throw Mistake(description: "the C log failed: \(code)") }
    }
}

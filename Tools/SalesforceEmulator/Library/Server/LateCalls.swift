/// Calls whose connection was cut and that execute later all the same.
struct LateCalls: Sendable {
    private struct Entry: Sendable {
        let call: Org.AcceptedCall
        let milliseconds: Int
    }

    private let org: Org
    private let entries: AsyncStream<Entry>
    private let input: AsyncStream<Entry>.Continuation

    init(org: Org) {
        self.org = org
        (entries, input) = AsyncStream.makeStream(of: Entry.self)
    }

    /// Executes after `milliseconds`; without a time, when `Org.releaseLateCalls()` is called.
    func add(_ call: Org.AcceptedCall, milliseconds: Int?) {
        if let milliseconds {
            input.yield(Entry(call: call, milliseconds: milliseconds))
        } else {
            org.hold(call)
        }
    }

    /// Waits for due times until cancelled; calls not yet due are then dropped, as the requests of
    /// a server that is switched off are.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await entry in entries {
                group.addTask {
                    do { try await Task.sleep(for: .milliseconds(entry.milliseconds)) } catch {
                        // Cancelled: the server stops, the call is dropped.
                        return
                    }
                    _ = org.execute(entry.call, isAnswered: false, isAdmitted: true)
                }
            }
        }
    }
}

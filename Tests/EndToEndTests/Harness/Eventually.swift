/// Waits for another process: asks again and again until there is an answer, and fails when there
/// is none in time. The only place where tests wait, because the programs under test tell nobody.
@discardableResult
func eventually<R>(
    _ what: String, within limit: Duration = .seconds(30),
    _ answer: () async throws -> R?
) async throws -> R {
    let begun = ContinuousClock.now
    while true {
        if let found = try await answer() { return found }
        guard ContinuousClock.now - begun < limit else { throw NeverHappened(what: what) }
        try await Task.sleep(for: .milliseconds(10))
    }
}

struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    var description: String { "waited in vain until \(what)" }
}

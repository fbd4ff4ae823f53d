import Synchronization

/// Counts the bytes of all bodies in memory, so that many large requests at once cannot exhaust it.
final class BodyBudget: Sendable {
    private let bytesMax: Int
    private let used = Atomic<Int>(0)

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// - Returns: `false` when there is no room; then nothing was reserved.
    func reserve(_ bytes: Int) -> Bool {
        let total = used.wrappingAdd(bytes, ordering: .relaxed).newValue
        guard total <= bytesMax else {
            release(bytes)
            return false
        }
        return true
    }

    func release(_ bytes: Int) { used.wrappingSubtract(bytes, ordering: .relaxed) }
}

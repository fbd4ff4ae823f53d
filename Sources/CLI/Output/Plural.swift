/// Counts as people say them.
extension Int {
    /// `1 key`, `2 keys`.
    func of(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}

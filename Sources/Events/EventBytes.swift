/// Comparing what a sender sent twice.
package enum EventBytes {
    /// Whether both are the same message: equal bytes, or equal JSON apart from the top-level
    /// members `sentAt` and `writeKey`, which libraries stamp anew on each retry, and `receivedAt`,
    /// which each door stamps. Texts and names are equal when their UTF-8 is.
    ///
    /// Also for what a batch says for its events, where nothing at all equals an empty object.
    package static func isSameMessage(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        if left == right { return true }
        guard let a = comparable(left), let b = comparable(right) else { return false }
        return JSONValue.object(a).isEquivalent(to: .object(b))
    }

    private static let restamped: Set<[UInt8]> = Set(
        ["sentAt", "writeKey", "receivedAt"].map { Array($0.utf8) })

    /// - Returns: the members that count; `nil` when the bytes are no JSON object.
    private static func comparable(_ bytes: [UInt8]) -> [JSONMember]? {
        guard !bytes.isEmpty else { return [] }
        // Bytes that are no JSON equal nothing but themselves.
        guard case .object(let members)? = try? JSONValue.parse(bytes) else { return nil }
        return members.filter { !restamped.contains(Array($0.name.utf8)) }
    }
}

extension Event {
    /// Whether a retry of this event would look like `other`: same body, same batch-wide members,
    /// apart from what is stamped anew on each attempt.
    package func isSameMessage(as other: Event) -> Bool {
        EventBytes.isSameMessage(bytes, other.bytes)
            && EventBytes.isSameMessage(shared, other.shared)
    }
}

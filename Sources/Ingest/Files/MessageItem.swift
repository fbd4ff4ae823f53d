import Events

/// One line of a file, or one element of its JSON array.
package struct MessageItem: Sendable, Hashable {
    /// Where it starts, from 1.
    package let line: Int
    package let content: Content

    package enum Content: Sendable, Hashable {
        case bytes([UInt8])
        /// It cannot even be separated from what follows it (or is too large to be held).
        case refused(EventRejection)
    }
}

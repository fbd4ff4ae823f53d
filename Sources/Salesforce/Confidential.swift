/// A credential that no description, dump or interpolation shows.
///
/// The value leaves only through ``revealed``, so a search for that word finds every use.
package struct Confidential: Sendable, Hashable {
    /// The value itself: only to be put into a request.
    package let revealed: String

    package init(_ value: String) {
        revealed = value
    }
}

extension Confidential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<confidential>" }
    package var debugDescription: String { description }
    /// `dump` and assertion messages walk mirrors, which would show the stored property.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

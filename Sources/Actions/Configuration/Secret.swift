/// A credential of the configuration. Its value never appears in a description, so that no log line
/// and no error can carry it by accident.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The secret itself. Not empty.
    package let value: String
    /// Where it came from: `env:NAME`, `file:PATH` or `literal`.
    package let origin: String

    /// `value` must not be empty.
    package init(value: String, origin: String = "literal") {
        self.value = value
        self.origin = origin
    }

    /// Where the secret came from, never what it is.
    package var description: String { "secret from \(origin)" }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// Without this, `dump` and test failures would print the value.
    package var customMirror: Mirror { Mirror(self, children: ["origin": origin]) }
}

/// A credential of the configuration: where it is, not what it is.
///
/// It is fetched when something needs it (``reveal()``), so that a command that talks to nobody
/// needs no secret. Its value never appears in a description, so that no log line and no error can
/// carry it by accident.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Where the value is.
    enum Source: Sendable, Hashable {
        /// Written out in the configuration, or in an overriding variable.
        case literal(String)
        /// What the variable held when the configuration was read; `nil` when it was not set.
        case variable(name: String, value: String?)
        /// An absolute path.
        case file(String)
        /// A credential that systemd hands over, in the folder of `CREDENTIALS_DIRECTORY`; `nil`
        /// when there is no such folder.
        case credential(name: String, folder: String?)
    }

    /// Where a missing value is to be reported: file, key and place.
    struct Owner: Sendable, Hashable {
        var file = ""
        var key = ""
        var place = SourcePlace.none

        /// A secret that moves within its file stays the same one.
        static func == (one: Owner, other: Owner) -> Bool {
            one.file == other.file && one.key == other.key
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(file)
            hasher.combine(key)
        }
    }

    let source: Source
    let owner: Owner
    /// Where it comes from, as written: `env:NAME`, `file:PATH`, `credential:NAME` or `literal`.
    package let origin: String

    init(_ source: Source, origin: String, owner: Owner) {
        self.source = source
        self.origin = origin
        self.owner = owner
    }

    /// A secret that is at hand.
    package init(value: String) {
        self.init(.literal(value), origin: "literal", owner: Owner())
    }

    /// Where the secret comes from, never what it is.
    package var description: String { "secret from \(origin)" }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// Without this, `dump` and test failures would print the value.
    package var customMirror: Mirror { Mirror(self, children: ["origin": origin]) }
}

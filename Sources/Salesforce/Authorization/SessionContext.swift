import Foundation
import Records

/// What a session needs of the world besides its settings.
package struct SessionContext: Sendable {
    /// Milliseconds since 1970 UTC.
    package var now: @Sendable () -> Int64
    /// Where the grant of the web flow lies; the other flows need none.
    package var vault: GrantVault?
    /// A grant that was just given and is not stored yet.
    package var grant: Grant?
    /// The org that the data belong to: a token of any other is never used. `nil` before the first
    /// connection.
    package var organizationID: RecordID?

    package init(
        now: @escaping @Sendable () -> Int64 = {
            Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down))
        },
        vault: GrantVault? = nil, grant: Grant? = nil, organizationID: RecordID? = nil
    ) {
        self.now = now
        self.vault = vault
        self.grant = grant
        self.organizationID = organizationID
    }
}

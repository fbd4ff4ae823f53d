import Foundation
import Records

/// A grant of the web flow as the vault keeps it: what a person approved, and how far its renewal
/// is.
package struct StoredGrant: Sendable, Hashable {
    let grant: Grant
    /// Good until a person, or the org's policy, ends it; with rotation until its next use.
    let refreshToken: Confidential
    /// The consumer key that it was given to.
    package let clientID: String
    /// Milliseconds since 1970 UTC: when the person said yes.
    package let approvedAt: Int64
    /// Milliseconds since 1970 UTC: when the refresh token was presented, as long as no answer has
    /// been stored. Still there at the next start, it tells that an answer was lost.
    var renewalBegunAt: Int64?

    package var organizationID: RecordID { grant.organizationID }
    package var userID: RecordID { grant.userID }
    package var instance: String { grant.instance.description }

    /// The grant that a renewal gave; without a new refresh token the old one stays good.
    func renewed(by grant: Grant) -> StoredGrant {
        StoredGrant(
            grant: grant, refreshToken: grant.refreshToken ?? refreshToken, clientID: clientID,
            approvedAt: approvedAt, renewalBegunAt: nil)
    }

    func beginningRenewal(at now: Int64) -> StoredGrant {
        var copy = self
        copy.renewalBegunAt = now
        return copy
    }
}

extension StoredGrant {
    /// The sealed text: JSON with sorted members.
    private struct Document: Codable {
        let organization: String
        let user: String
        let instance: String
        let clientID: String
        let accessToken: String
        let refreshToken: String
        let approvedAt: Int64
        let renewalBegunAt: Int64?
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(
            try encoder.encode(
                Document(
                    organization: organizationID.description, user: userID.description,
                    instance: instance, clientID: clientID,
                    accessToken: grant.accessToken.revealed, refreshToken: refreshToken.revealed,
                    approvedAt: approvedAt, renewalBegunAt: renewalBegunAt)))
    }

    /// - Returns: `nil` for anything but what ``encoded()`` writes.
    init?(decoding bytes: [UInt8]) {
        // What does not decode is no grant, as the caller then says.
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)),
            let organization = RecordID(answered: document.organization),
            let user = RecordID(answered: document.user),
            // It was checked before it was stored; loopback was allowed by its own login then.
            let instance = InstanceURL(document.instance, allowsLoopback: true)
        else { return nil }
        refreshToken = Confidential(document.refreshToken)
        grant = Grant(
            accessToken: Confidential(document.accessToken), instance: instance,
            organizationID: organization, userID: user, refreshToken: refreshToken)
        clientID = document.clientID
        approvedAt = document.approvedAt
        renewalBegunAt = document.renewalBegunAt
    }
}

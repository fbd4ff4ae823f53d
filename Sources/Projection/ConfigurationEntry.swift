import Actions
import Crypto
import EventLog
import Records

/// The body of a configuration entry: everything besides the events that the fold depends on.
///
/// Written whole each time, normalised, so that equal configurations are equal bytes and the latest
/// entry alone says what is in force. Secrets and addresses are not in it.
package struct ConfigurationEntry: Sendable, Hashable, Codable {
    /// The actions, in the order of the configuration file.
    package let actions: [Action]
    /// What describe said of the objects that the actions use, sorted by name. An object that has
    /// not been described yet is absent, and the fold waits for it.
    package let descriptions: [ObjectDescription]
    /// The org that this log's outcomes are about; `nil` until the first connection.
    package let organization: String?

    package init(actions: [Action], descriptions: [ObjectDescription], organization: String?) {
        self.actions = actions
        self.descriptions = descriptions.sorted { $0.name < $1.name }
        self.organization = organization
    }

    /// What has to be described, as far as the descriptions at hand tell.
    package var needs: DescriptionNeeds {
        DescriptionNeeds(actions) { description(of: $0) }
    }

    /// The objects whose description the fold needs: those of enabled actions, of the parents that
    /// they look for, and of those on the way.
    package var objects: [String] { needs.objects }

    /// The objects that are still to be described.
    package var undescribedObjects: [String] {
        objects.filter { description(of: $0) == nil }
    }

    /// What describe said of `object`, whose name may be written in any case, as everywhere in the
    /// API.
    package func description(of object: String) -> ObjectDescription? {
        if let exact = descriptions.first(where: { $0.name == object }) { return exact }
        let folded = object.lowercased()
        return descriptions.first { $0.name.lowercased() == folded }
    }

    /// The entry's body.
    package func encoded() throws(ProjectionError) -> [UInt8] { try LogJSON.encode(self) }

    /// Reads an entry's body.
    package static func decode(
        _ body: [UInt8], at position: UInt64
    ) throws(ProjectionError) -> ConfigurationEntry {
        try LogJSON.decode(ConfigurationEntry.self, from: body, at: position)
    }

    /// Hex SHA-256 of the body: the name of a configuration in plans and intents.
    package static func hash(of body: [UInt8]) -> String {
        HexText.of(SHA256.hash(data: body))
    }
}

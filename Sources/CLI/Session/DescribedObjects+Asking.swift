import Actions
import Records
import Salesforce

extension DescribedObjects {
    /// Asks Salesforce about the objects that actions need, parents among them, as far as each
    /// tells of the next. One API request an object, and one for the names of all when one is
    /// unknown.
    static func asked(
        for actions: [Action], _ client: SalesforceClient
    ) async throws(SalesforceError) -> DescribedObjects {
        var found: [String: ObjectDescription?] = [:]
        func next() -> String? {
            let known = DescribedObjects(found)
            return DescriptionNeeds(actions, describe: known.found).objects
                .first { !found.keys.contains($0) }
        }
        while let object = next() {
            found[object] = .some(try await description(of: object, client))
        }
        // Names are needed only where one was meant to be another.
        let names = found.values.contains(nil) ? try await client.objectNames() : []
        return DescribedObjects(found, names: names)
    }

    /// - Returns: `nil` when Salesforce says that there is no such object.
    private static func description(
        of object: String, _ client: SalesforceClient
    ) async throws(SalesforceError) -> ObjectDescription? {
        do {
            return try await client.describe(object)
        } catch {
            guard case .refused(_, 404, _, _) = error else { throw error }
            return nil
        }
    }
}

import Actions
import EventLog
import Projection
import Records
import Salesforce

// The configuration in force: actions from the file, descriptions from Salesforce, both in the log.

extension DeliveryEngine {
    /// Describes the objects that the actions use and puts actions and descriptions in force, if
    /// either differs from what the log holds. When Salesforce cannot be reached, the descriptions
    /// that the log holds stay in force; objects that were never described wait.
    ///
    /// - Parameter isContradicted: an answer did not fit the descriptions: they are asked for
    ///   whole.
    package func configure(
        _ actions: [Action], isContradicted: Bool = false
    ) async throws(DeliveryError) {
        let recorder = ConfigurationRecorder(log: log)
        let latest = try recorder.latest()
        var entry = ConfigurationEntry(
            actions: actions, descriptions: latest?.entry.descriptions ?? [],
            organization: latest?.entry.organization)
        let descriptions = Descriptions(client: client, isContradicted: isContradicted)
        switch await descriptions.result(of: entry) {
        case .success(let described):
            for change in DescriptionChange.between(entry, described) {
                logger.warning(
                    "Salesforce describes a field otherwise",
                    metadata: [
                        "object": "\(change.object)", "field": "\(change.field)",
                        "change": "\(change.kind.rawValue)",
                    ])
            }
            entry = described
            try await note(health.callSucceeded())
        case .failure(.delivery(let error)): throw error
        case .failure(.salesforce(let error, _)): try await callFailed(error)
        }
        try await recorder.record(entry)
        try await project()
        try adoptConfiguration()
        nextLookAtDescriptions = environment.monotonicClock() + settings.limits.descriptionAgeMax
    }

    /// Asks for the descriptions anew.
    ///
    /// - Parameter isContradicted: an answer did not fit them.
    /// - Returns: whether they changed.
    func describeAgain(isContradicted: Bool) async throws(DeliveryError) -> Bool {
        guard let actions = configuration?.actions else { return false }
        let before = configurationHash
        try await configure(actions, isContradicted: isContradicted)
        return configurationHash != before
    }

    /// Asks for the descriptions when it is time, which is sooner while an object is stopped.
    ///
    /// - Returns: whether they changed.
    func lookAtDescriptions(now: Duration) async throws(DeliveryError) -> Bool {
        guard stopped.isLookDue(now: now) || now >= nextLookAtDescriptions else { return false }
        return try await describeAgain(isContradicted: false)
    }

    /// Whether every object of the configuration has a description; tries to get what is missing.
    func isDescribed() async throws(DeliveryError) -> Bool {
        guard let configuration else { return false }
        guard !configuration.undescribedObjects.isEmpty else { return true }
        guard health.wait(now: environment.monotonicClock()) == .zero else { return false }
        try await configure(configuration.actions)
        return self.configuration?.undescribedObjects.isEmpty ?? false
    }

    /// Takes the configuration over that the state was folded under.
    func adoptConfiguration() throws(DeliveryError) {
        guard let latest = try ConfigurationRecorder(log: log).latest() else { return }
        configuration = latest.entry
        configurationHash = latest.hash
        guard !stopped.isEmpty else { return }
        // What the configuration frees, the fold has let go.
        stopped.keepOnly(
            try projecting { () throws(ProjectionError) in
                try projector.state.stoppedObjects().map(\.object)
            })
    }
}

/// Asks Salesforce for the descriptions that a configuration needs.
package struct Descriptions: Sendable {
    private let client: SalesforceClient
    private let isContradicted: Bool

    package init(client: SalesforceClient, isContradicted: Bool = false) {
        self.client = client
        self.isContradicted = isContradicted
    }

    /// ``described(_:)`` as a value.
    func result(of entry: ConfigurationEntry) async -> Result<ConfigurationEntry, Planner.Failure> {
        do throws(Planner.Failure) {
            return .success(try await described(entry))
        } catch {
            return .failure(error)
        }
    }

    /// `entry` with its objects described anew, and bound to the org that the client talks to.
    ///
    /// - Throws: `anotherOrganization` when the entry is bound to another org; Salesforce's error
    ///   otherwise.
    package func described(
        _ entry: ConfigurationEntry
    ) async throws(Planner.Failure) -> ConfigurationEntry {
        do {
            let organization = try await client.organizationID().description
            if let bound = entry.organization, bound != organization {
                throw Planner.Failure.delivery(
                    .anotherOrganization(expected: bound, found: organization))
            }
            var described: [String: ObjectDescription] = [:]
            var needs = entry.needs { described[$0.lowercased()] }
            // Which parents are needed, the children's descriptions say.
            while let object = needs.objects.first(where: { described[$0.lowercased()] == nil }) {
                described[object.lowercased()] = try await description(of: object, in: entry)
                needs = entry.needs { described[$0.lowercased()] }
            }
            let known = described
            let descriptions = needs.objects.compactMap { object in
                known[object.lowercased()]?.narrowed(to: needs.fields(of: object))
                    .withPaths(of: entry.actions) { known[$0.lowercased()] }
            }
            return ConfigurationEntry(
                actions: entry.actions, descriptions: descriptions, organization: organization)
        } catch let failure as Planner.Failure {
            throw failure
        } catch let error as SalesforceError {
            guard case .organizationChanged(let expected, let found) = error else {
                throw .salesforce(error, object: nil)
            }
            throw .delivery(
                .anotherOrganization(expected: expected.description, found: found.description))
        } catch {
            preconditionFailure("the client throws its own errors only: \(error)")
        }
    }

    /// What Salesforce says of `object`. One that was there before and is hidden now keeps its
    /// description: its own calls are refused then and stop it, and other objects go on.
    private func description(
        of object: String, in entry: ConfigurationEntry
    ) async throws(SalesforceError) -> ObjectDescription {
        do {
            return try await client.describe(object, isContradicted: isContradicted)
        } catch {
            guard error.disposition == .stopObject, let known = entry.description(of: object)
            else { throw error }
            return known
        }
    }
}

extension ConfigurationEntry {
    /// What has to be described, as far as `describe` tells.
    func needs(_ describe: (String) -> ObjectDescription?) -> DescriptionNeeds {
        DescriptionNeeds(actions, describe: describe)
    }
}

extension ObjectDescription {
    /// Only what the fold and reconciliation read: the named fields, those that a create requires,
    /// and those that observing needs. A label or field that nobody uses then changes nothing in
    /// the log.
    func narrowed(to names: Set<String>) -> ObjectDescription {
        ObjectDescription(
            name: name, keyPrefix: keyPrefix, isCreateable: isCreateable,
            isUpdateable: isUpdateable,
            isDeletable: isDeletable, isQueryable: isQueryable,
            fields: fields.filter { field in
                names.contains(field.name.lowercased()) || field.isRequiredOnCreate
                    || field.name == "Id" || field.name == Observation.modstampField
                    || PeoplesMarks.all.contains(field.name)
            })
    }
}

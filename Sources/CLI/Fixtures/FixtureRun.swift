import Actions
import Delivery
import Events
import Foundation
import Ingest
import LMDB
import Records

/// Runs one fixture and says how its outcome differs from what it expects.
struct FixtureRun {
    /// Milliseconds between the arrival of two events.
    private static let eventInterval: Int64 = 1_000

    let configuration: Configuration
    let descriptions: [ObjectDescription]

    /// The lines of a difference, none when the fixture passes: `-` is what was expected, `+` what
    /// came.
    func differences(of fixture: Fixture) async throws -> [String] {
        let (events, refused) = events(of: fixture)
        guard refused.isEmpty else { return refused }
        let records = try records(of: fixture)
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tidemark-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // What stays behind is a folder that the system clears away.
            try? FileManager.default.removeItem(at: folder)
        }
        let rehearsal = Rehearsal(actions: configuration.actions, descriptions: descriptions)
        do throws(Rehearsal.Failure) {
            let result = try await rehearsal.run(events, records, folder: folder.path)
            return FixtureComparison(
                fixture.expectation, result, NamedRecords(records + result.records, descriptions)
            ).lines
        } catch {
            switch error {
            case .delivery(let error): throw error
            case .unsettled(let count):
                return ["+ after \(count) rounds there is still something to send"]
            }
        }
    }

    private func events(of fixture: Fixture) -> (events: [Event], refused: [String]) {
        let limits = IngestLimits(configuration.ingest.limits).batch
        let acceptance = EventAcceptance(limits: limits) { MessageIDs.random() }
        let firstSource = configuration.ingest.sources.first?.name ?? "test"
        var events: [Event] = []
        var refused: [String] = []
        for (index, event) in fixture.events.enumerated() {
            do throws(EventRejection) {
                // As a batch of one: its messages say their kind.
                let batch = [UInt8(ascii: "[")] + event.bytes + [UInt8(ascii: "]")]
                let body = try batch.withBytes { (bytes) throws(EventRejection) in
                    let body = try acceptance.accept(bytes, as: .batch)
                    events += body.drafts.map {
                        $0.event(
                            source: event.source ?? firstSource,
                            receivedAt: fixture.receivedAt + Int64(index) * Self.eventInterval,
                            from: bytes)
                    }
                    return body
                }
                refused += body.rejections.map { "+ refused: \($0.rejection.message)" }
            } catch {
                refused.append("+ \(fixture.file):\(event.line): refused: \(error.message)")
            }
        }
        return (events, refused)
    }

    /// Records typed by describe, as a query would return them. One may name another by its fields.
    private func records(of fixture: Fixture) throws -> [Record] {
        var found: [Record] = []
        for (index, record) in fixture.records.enumerated() {
            guard let description = descriptions.first(where: { $0.name == record.object }) else {
                throw problem(
                    record, fixture, "no action uses \(record.object), so nothing can match it")
            }
            found.append(
                Record(
                    object: description.name,
                    id: record.id ?? .rehearsed(index + 1, of: description, isCreated: false),
                    fields: try values(of: record, description, fixture) { $0.asRecord == nil }))
        }
        let named = NamedRecords(found, descriptions)
        for (index, record) in fixture.records.enumerated() {
            var fields = found[index].fields
            for (name, value) in record.fields {
                guard let wanted = value.asRecord else { continue }
                let ids = named.ids(of: wanted)
                guard ids.count == 1 else {
                    throw problem(
                        record, fixture,
                        "\(name): \(ids.count) of the records are \(wanted.text); name one")
                }
                fields[name] = .text(ids[0].description)
            }
            found[index] = Record(
                object: found[index].object, id: found[index].id, fields: fields)
        }
        return found
    }

    private func values(
        of record: FixtureRecord, _ description: ObjectDescription, _ fixture: Fixture,
        where isWanted: (FieldValue) -> Bool
    ) throws -> [String: FieldValue] {
        var fields: [String: FieldValue] = [:]
        for (name, value) in record.fields.sorted(by: { $0.key < $1.key }) {
            guard let field = description.field(name) else {
                throw problem(record, fixture, "\(record.object) has no field \(name)")
            }
            guard isWanted(value) else { continue }
            do throws(CoercionError) {
                fields[field.name] = try field.coerce(value)
            } catch {
                throw problem(record, fixture, "\(name): \(error)")
            }
        }
        return fields
    }

    private func problem(
        _ record: FixtureRecord, _ fixture: Fixture, _ message: String
    ) -> ConfigurationError {
        ConfigurationError(problems: [
            ConfigurationProblem(
                file: fixture.file, line: record.line, column: 1, message: message)
        ])
    }
}

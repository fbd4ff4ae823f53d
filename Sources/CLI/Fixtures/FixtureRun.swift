import Actions
import Delivery
import Events
import Foundation
import Ingest
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
            return FixtureComparison(fixture.expectation, result, descriptions).lines
        } catch {
            switch error {
            case .delivery(let error): throw error
            case .unsettled(let count):
                return ["+ after \(count) rounds there is still something to send"]
            }
        }
    }

    private func events(of fixture: Fixture) -> (events: [Event], refused: [String]) {
        let acceptance = EventAcceptance(limits: IngestLimits().batch) {
            MessageIDs.random()
        }
        let firstSource = configuration.ingest.sources.first?.name ?? "test"
        var events: [Event] = []
        var refused: [String] = []
        for (index, event) in fixture.events.enumerated() {
            do throws(EventRejection) {
                // As a batch of one: its messages say their kind.
                let batch = [UInt8(ascii: "[")] + event.bytes + [UInt8(ascii: "]")]
                let body = try batch.withBytes { (bytes) throws(EventRejection) in
                    try acceptance.accept(bytes, as: .batch)
                }
                events += body.drafts.map {
                    $0.event(
                        source: event.source ?? firstSource,
                        receivedAt: fixture.receivedAt + Int64(index) * Self.eventInterval)
                }
                refused += body.rejections.map { "+ refused: \($0.rejection.message)" }
            } catch {
                refused.append("+ \(fixture.file):\(event.line): refused: \(error.message)")
            }
        }
        return (events, refused)
    }

    /// Records typed by describe, as a query would return them.
    private func records(of fixture: Fixture) throws -> [Record] {
        var madeCount = 0
        return try fixture.records.map { record in
            guard let description = descriptions.first(where: { $0.name == record.object }) else {
                throw problem(
                    record, fixture, "no action uses \(record.object), so nothing can match it")
            }
            var fields: [String: FieldValue] = [:]
            for (name, value) in record.fields.sorted(by: { $0.key < $1.key }) {
                guard let field = description.field(name) else {
                    throw problem(record, fixture, "\(record.object) has no field \(name)")
                }
                do throws(CoercionError) {
                    fields[field.name] = try field.coerce(value)
                } catch {
                    throw problem(record, fixture, "\(name): \(error)")
                }
            }
            madeCount += 1
            return Record(
                object: description.name, id: record.id ?? Self.madeID(description, madeCount),
                fields: fields)
        }
    }

    private func problem(
        _ record: FixtureRecord, _ fixture: Fixture, _ message: String
    ) -> ConfigurationError {
        ConfigurationError(problems: [
            ConfigurationProblem(
                file: fixture.file, line: record.line, column: 1, message: message)
        ])
    }

    /// An id for a record that a fixture gives none: the object's prefix and a number.
    private static func madeID(_ description: ObjectDescription, _ number: Int) -> RecordID {
        let digits = String(number)
        let prefix = description.keyPrefix ?? "a00"
        let text = prefix + String(repeating: "0", count: 12 - digits.count) + digits
        guard let id = RecordID(text) else {
            preconditionFailure("\(prefix) is no prefix of record ids")
        }
        return id
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` with a typed error.
    fileprivate func withBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try withUnsafeBufferPointer { (buffer) throws(E) in
            try body(UnsafeRawBufferPointer(buffer))
        }
    }
}

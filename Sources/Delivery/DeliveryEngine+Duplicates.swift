import Projection
import Records
import Salesforce

// Looks that tell what a refusal for a duplicate means. When one fails, the refusal stands as it
// is: nothing depends on it but how soon a person, or a later look, gets on.

extension DeliveryEngine {
    /// Duplicate checks of one round, each a call.
    static let duplicateLooksMax = 5

    /// Which of `ids` this user created and no key is linked to.
    func ownRecords(among ids: [RecordID], object: String) async -> Set<RecordID> {
        guard !ids.isEmpty else { return [] }
        do {
            let user = try await client.identity().userID
            let query = try Query(
                object: object, fields: ["CreatedById"],
                where: .in(field: "Id", ids.map(Literal.id)))
            var own: Set<RecordID> = []
            for record in try await client.query(query) {
                let creator = record.fields["CreatedById"]?.text.flatMap(RecordID.init(answered:))
                guard creator == user, try projector.state.ids(linkedTo: record.id).isEmpty else {
                    continue
                }
                own.insert(record.id)
            }
            return own
        } catch {
            logger.warning(
                "whose a duplicate is cannot be told", metadata: ["error": "\(error)"])
            return []
        }
    }

    /// Adds to keys that a duplicate rule parked the records that it found: an answer of a
    /// collection does not name them.
    func nameDuplicates(
        in results: inout [OperationResult], of batch: Batch, object: String
    ) async {
        let parked = results.indices.filter { results[$0].park == .duplicate }
        for index in parked.prefix(Self.duplicateLooksMax) {
            let operation = batch.operations[results[index].index]
            let fields = Dictionary(
                operation.changes.map { ($0.field, $0.after) },
                uniquingKeysWith: { first, _ in first })
            do {
                let ids = try await client.duplicates(of: object, fields: fields)
                results[index] = results[index].naming(ids.filter { $0 != operation.recordID })
            } catch {
                logger.warning(
                    "the duplicates of a record cannot be told", metadata: ["error": "\(error)"])
                return
            }
        }
    }
}

extension OperationResult {
    fileprivate func naming(_ records: [RecordID]) -> OperationResult {
        OperationResult(
            index: index, status: status, recordID: recordID, wasCreated: wasCreated, code: code,
            message: message, park: park, isWholeRequest: isWholeRequest,
            recordIDs: records.isEmpty ? nil : records)
    }
}

extension OutcomeClassification.Past {
    /// The records that refused creates after a doubt, named in `answers`.
    func duplicates(in answers: [CollectionsResult], of batch: Batch) -> [RecordID] {
        zip(answers.indices, answers).compactMap { index, answer in
            guard case .failed(let error) = answer, batch.operations[index].kind == .create,
                batch.keys[index].contains(where: { (doubts[$0] ?? 0) > 0 })
            else { return nil }
            return error.duplicateOf
        }
    }
}

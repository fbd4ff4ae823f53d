import Projection
import Records
import Salesforce

// Looking at a whole object by one query job, when that takes fewer calls than asking for every
// key.

extension DeliveryEngine {
    /// Scans `object` for the records that concern any key, if that is the cheaper look.
    ///
    /// - Returns: `nil` when it is not, or when the scan did not come to its end: then nothing can
    ///   be concluded from what it did not show, and the keys are asked for.
    func scan(
        _ object: String, dirtyCount: Int, configuration: ConfigurationEntry
    ) async throws(DeliveryError) -> ScanIndex? {
        guard let description = configuration.description(of: object) else { return nil }
        let pageCountMax = settings.limits.jobs.pageKeyCountMax
        let askCalls = (dirtyCount + pageCountMax - 1) / pageCountMax
        guard askCalls > Self.scanCallsMin else { return nil }
        do throws(SalesforceError) {
            let count = try await client.count(of: object)
            let limits = settings.limits.jobs
            let pages = (count + limits.scanPageRecordCount - 1) / limits.scanPageRecordCount
            guard count <= limits.scanRecordCountMax, Self.scanCallsMin + pages < askCalls else {
                return nil
            }
            return try await scan(description, configuration)
        } catch {
            // A look that failed is no reason to stop: the other way to look remains.
            logger.warning(
                "an object could not be scanned; its keys are asked for instead",
                metadata: ["object": "\(object)", "reason": "\(error)"])
            return nil
        }
    }

    /// Counting, creating and some questions, before the first page.
    private static let scanCallsMin = 8

    private func scan(
        _ description: ObjectDescription, _ configuration: ConfigurationEntry
    ) async throws(SalesforceError) -> ScanIndex? {
        let query = try Query(
            object: description.name,
            fields: Observation.fields(of: description),
            where: nil)
        let job = try await client.createQueryJob(query)
        guard try await isComplete(job) else { return nil }
        let collector = ScanCollector(
            keys: RecordKeys(
                configuration: configuration, description: description, state: projector.state),
            index: ScanIndex(object: query.object, fields: query.fields),
            bytesMax: settings.limits.jobs.scanBytesMax)
        let count = try await client.queryResults(
            of: job.id, query: query, description: description,
            pageRecordCountMax: settings.limits.jobs.scanPageRecordCount
        ) { records in await collector.add(records) }
        return count == nil ? nil : await collector.take()
    }

    /// Waits for a query job.
    ///
    /// - Returns: whether it has found everything.
    private func isComplete(_ job: BulkJobInfo) async throws(SalesforceError) -> Bool {
        let start = environment.monotonicClock()
        var info = job
        while !info.state.isFinal {
            let elapsed = environment.monotonicClock() - start
            guard elapsed < settings.limits.jobs.latency else { return false }
            do {
                try await environment.sleep(PollSchedule.wait(elapsed: elapsed))
            } catch {
                // Cancelled: whoever did it does not want the scan.
                return false
            }
            info = try await client.queryJob(job.id)
        }
        return info.state == .jobComplete
    }
}

/// Gathers the records of a scan that concern a key.
private actor ScanCollector {
    private let keys: RecordKeys
    private let bytesMax: Int
    private var index: ScanIndex

    init(keys: RecordKeys, index: ScanIndex, bytesMax: Int) {
        self.keys = keys
        self.index = index
        self.bytesMax = bytesMax
    }

    /// - Returns: `false` when there are too many to hold, or the state cannot be read.
    func add(_ records: [Record]) -> Bool {
        for record in records {
            do throws(ProjectionError) {
                index.add(record, keys: try keys.keys(of: record))
            } catch {
                // Without an index the keys are asked for, and that meets the same error.
                return false
            }
        }
        return index.byteCount <= bytesMax
    }

    /// All that was gathered.
    func take() -> ScanIndex {
        index.close()
        return index
    }
}

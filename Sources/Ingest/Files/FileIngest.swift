import EventLog
import Events

/// Appends the events of files, in order, many to a commit.
package struct FileIngest: Sendable {
    /// One refused event of a file.
    package struct Rejection: Sendable, Hashable {
        package let file: String
        /// From 1.
        package let line: Int
        /// Within a batch on that line, from 0.
        package let index: Int
        package let rejection: EventRejection
    }

    /// What became of the events so far.
    package struct Counts: Sendable, Hashable {
        package var accepted = 0
        package var duplicates = 0
        package var rejected = 0
        package var lastPosition: Position?

        package init() {}
    }

    private let source: String
    private let acceptance: EventAcceptance
    private let now: @Sendable () -> Int64
    private let append: @Sendable ([Event]) async throws(LogError) -> [AppendResult]

    /// Events given to the log at one time; a commit's worth.
    private static let appendEventCountMax = 1_000

    /// - Parameters:
    ///   - source: the name the events are recorded under.
    ///   - append: ``LogWriter/append(_:)``, or something that ends there.
    package init(
        source: String, limits: IngestLimits = .init(), now: @escaping @Sendable () -> Int64,
        makeMessageID: @escaping @Sendable () -> String = MessageIDs.random,
        append: @escaping @Sendable ([Event]) async throws(LogError) -> [AppendResult]
    ) {
        self.source = source
        self.now = now
        self.append = append
        acceptance = EventAcceptance(limits: limits.batch, makeMessageID: makeMessageID)
    }

    /// Reads to the end of the file.
    ///
    /// - Parameters:
    ///   - counts: added to, so that several files make one total. Correct also when this throws.
    ///   - onRejection: called for each refused event; they are not collected, files may be large.
    ///   - onProgress: called after each append, with the bytes of the file that have been read.
    package func run(
        _ reader: inout MessageFileReader, counts: inout Counts,
        onRejection: (Rejection) -> Void, onProgress: (Int) -> Void = { _ in }
    ) async throws(IngestError) {
        var waiting: [(line: Int, draft: EventDraft)] = []
        while let item = try reader.next() {
            let body = accept(item)
            waiting += body.drafts.map { (item.line, $0) }
            for refused in body.rejections {
                counts.rejected += 1
                onRejection(rejection(reader.path, item.line, refused))
            }
            if waiting.count >= Self.appendEventCountMax {
                try await store(waiting, reader.path, &counts, onRejection)
                waiting.removeAll(keepingCapacity: true)
                onProgress(reader.bytesRead)
            }
        }
        try await store(waiting, reader.path, &counts, onRejection)
        onProgress(reader.bytesRead)
    }

    private func accept(_ item: MessageItem) -> AcceptedBody {
        var refused = AcceptedBody()
        switch item.content {
        case .refused(let rejection):
            refused.rejections = [ItemRejection(index: 0, rejection: rejection)]
            return refused
        case .bytes(let bytes):
            let judged = bytes.withUnsafeBytes { buffer -> Result<AcceptedBody, EventRejection> in
                do throws(EventRejection) {
                    return .success(try acceptance.accept(buffer, as: .either))
                } catch {
                    return .failure(error)
                }
            }
            switch judged {
            case .success(let body): return body
            case .failure(let rejection):
                refused.rejections = [ItemRejection(index: 0, rejection: rejection)]
                return refused
            }
        }
    }

    private func store(
        _ waiting: [(line: Int, draft: EventDraft)], _ file: String, _ counts: inout Counts,
        _ onRejection: (Rejection) -> Void
    ) async throws(IngestError) {
        guard !waiting.isEmpty else { return }
        let receivedAt = now()
        let results: [AppendResult]
        do throws(LogError) {
            results = try await append(
                waiting.map { $0.draft.event(source: source, receivedAt: receivedAt) })
        } catch {
            throw .log(error)
        }
        for ((line, draft), result) in zip(waiting, results) {
            switch result {
            case .accepted(let position):
                counts.accepted += 1
                counts.lastPosition = max(counts.lastPosition ?? position, position)
            case .duplicate(let position):
                counts.duplicates += 1
                counts.lastPosition = max(counts.lastPosition ?? position, position)
            case .conflict:
                counts.rejected += 1
                let refused = ItemRejection(index: draft.index, rejection: .messageIDConflict)
                onRejection(rejection(file, line, refused))
            }
        }
    }

    private func rejection(_ file: String, _ line: Int, _ item: ItemRejection) -> Rejection {
        Rejection(file: file, line: line, index: item.index, rejection: item.rejection)
    }
}

import EventLog
import Events

/// Appends the events of files, in order, many to a commit.
package struct FileIngest: Sendable {
    /// One refused event of a file.
    package struct Rejection: Sendable, Hashable {
        package let file: String
        /// From 1.
        package let line: Int
        /// The character of that line, from 1, where a CSV file's cell is concerned.
        package let column: Int?
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
    private let append: @Sendable ([Event]) async throws(IngestError) -> [AppendResult]

    /// Events given to the log at one time, and their bytes: about a commit's worth.
    private static let appendEventCountMax = 4_000
    private static let appendBytesMax = 8 << 20

    /// - Parameters:
    ///   - source: the name the events are recorded under.
    ///   - makeMessageID: for events without one out of what cannot be read twice, such as a pipe;
    ///     must never repeat itself. Those of a file get one made from its content, so that the
    ///     same file again is all duplicates.
    ///   - append: ``LogWriter/append(_:)``, or something that ends there. What it throws ends the
    ///     run.
    package init(
        source: String, limits: IngestLimits = .init(), now: @escaping @Sendable () -> Int64,
        makeMessageID: @escaping @Sendable () -> String = MessageIDs.random,
        append: @escaping @Sendable ([Event]) async throws(IngestError) -> [AppendResult]
    ) {
        self.source = source
        self.now = now
        self.append = append
        acceptance = EventAcceptance(limits: limits.batch, makeMessageID: makeMessageID)
    }

    /// Reads to the end of the file. While some events are appended the next are read.
    ///
    /// - Parameters:
    ///   - counts: added to, so that several files make one total. Correct also when this throws:
    ///     what was read before is appended first.
    ///   - onRejection: called for each refused event; they are not collected, files may be large.
    ///   - onProgress: called after each append.
    package func run(
        _ reader: inout MessageFileReader, counts: inout Counts,
        onRejection: (Rejection) -> Void, onProgress: (FileProgress) -> Void = { _ in }
    ) async throws(IngestError) {
        var pass = Pass()
        fill(&pass, from: &reader, &counts, onRejection)
        while !pass.waiting.isEmpty {
            let stored = pass.takeWaiting()
            async let appended = Self.result(of: append, stored.map(\.event))
            fill(&pass, from: &reader, &counts, onRejection)
            try settle(stored, await appended, reader.path, &counts, onRejection)
            onProgress(
                FileProgress(
                    bytesRead: reader.bytesRead, bytesTotal: reader.bytesTotal,
                    eventCount: pass.eventCount))
        }
        if let failure = pass.failure { throw failure }
    }

    /// An event that was found good, and where it stands in its file.
    private struct Waiting: Sendable {
        let line: Int
        /// Its place in what stands there, from 0.
        let index: Int
        let event: Event
    }

    /// One file on its way into the log.
    private struct Pass {
        private(set) var waiting: [Waiting] = []
        private var waitingBytes = 0
        /// Items read so far.
        var itemCount = 0
        /// Their events, the refused ones too.
        var eventCount = 0
        /// See ``MessageFileReader/contentDigest()``; got when the first event needs it.
        var content: [UInt8]??
        var isAtEnd = false
        /// Why it was not read to its end.
        var failure: IngestError?

        var wantsMore: Bool {
            !isAtEnd && failure == nil && waiting.count < appendEventCountMax
                && waitingBytes < appendBytesMax
        }

        mutating func add(_ event: Event, line: Int, index: Int) {
            waiting.append(Waiting(line: line, index: index, event: event))
            waitingBytes += event.bytes.count + event.shared.count
        }

        mutating func takeWaiting() -> [Waiting] {
            defer { (waiting, waitingBytes) = ([], 0) }
            return waiting
        }
    }

    private static func result(
        of append: @Sendable ([Event]) async throws(IngestError) -> [AppendResult],
        _ events: [Event]
    ) async -> Result<[AppendResult], IngestError> {
        do throws(IngestError) {
            return .success(try await append(events))
        } catch {
            return .failure(error)
        }
    }

    // MARK: Reading

    /// Reads as many events as are appended at one time.
    private func fill(
        _ pass: inout Pass, from reader: inout MessageFileReader, _ counts: inout Counts,
        _ onRejection: (Rejection) -> Void
    ) {
        do throws(IngestError) {
            while pass.wantsMore {
                guard let item = try reader.next() else {
                    pass.isAtEnd = true
                    return
                }
                // Reading may have waited, for a pipe or a terminal.
                let receivedAt = now()
                let body = accept(item)
                for draft in body.drafts {
                    let draft = try identified(draft, &pass, reader)
                    let event = item.bytes.withUnsafeBytes {
                        draft.event(source: source, receivedAt: receivedAt, from: $0)
                    }
                    pass.add(event, line: item.line, index: draft.index)
                }
                for refused in body.rejections {
                    counts.rejected += 1
                    let place = item.place(of: refused.rejection, columns: reader.columns)
                    onRejection(
                        Rejection(
                            file: reader.path, line: place.line, column: place.column,
                            index: refused.index, rejection: refused.rejection))
                }
                pass.itemCount += 1
                pass.eventCount += body.drafts.count + body.rejections.count
            }
        } catch {
            pass.failure = error
        }
    }

    private func accept(_ item: MessageItem) -> AcceptedBody {
        switch item.content {
        case .refused(let rejection): return Self.refused(rejection)
        case .bytes(let bytes):
            return bytes.withUnsafeBytes { buffer in
                do throws(EventRejection) {
                    // What a row became is never a batch, and has no place in the file itself.
                    guard item.row != nil else { return try acceptance.accept(buffer, as: .line) }
                    return try acceptance.accept(buffer, as: .row)
                } catch {
                    return Self.refused(item.row == nil ? error : error.withoutByte)
                }
            }
        }
    }

    private static func refused(_ rejection: EventRejection) -> AcceptedBody {
        var body = AcceptedBody()
        body.rejections = [ItemRejection(index: 0, rejection: rejection)]
        return body
    }

    /// With an id that is the same whenever this file is read, if it came without one.
    private func identified(
        _ draft: EventDraft, _ pass: inout Pass, _ reader: borrowing MessageFileReader
    ) throws(IngestError) -> EventDraft {
        guard draft.isMessageIDAssigned else { return draft }
        if pass.content == nil { pass.content = .some(try reader.contentDigest()) }
        guard case .some(.some(let content)) = pass.content else { return draft }
        return draft.identified(
            as: MessageIDs.derived(content: content, item: pass.itemCount, index: draft.index))
    }

    // MARK: Storing

    private func settle(
        _ stored: [Waiting], _ appended: Result<[AppendResult], IngestError>, _ file: String,
        _ counts: inout Counts, _ onRejection: (Rejection) -> Void
    ) throws(IngestError) {
        for (waiting, result) in zip(stored, try appended.get()) {
            switch result {
            case .accepted(let position):
                counts.accepted += 1
                counts.lastPosition = max(counts.lastPosition ?? position, position)
            case .duplicate(let position):
                counts.duplicates += 1
                counts.lastPosition = max(counts.lastPosition ?? position, position)
            case .conflict:
                counts.rejected += 1
                onRejection(
                    Rejection(
                        file: file, line: waiting.line, column: nil, index: waiting.index,
                        rejection: .messageIDConflict))
            }
        }
    }
}

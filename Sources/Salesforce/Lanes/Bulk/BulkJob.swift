import Records

/// What a job of Bulk API 2.0 is to do. Source: Bulk API 2.0 Developer Guide, "Create a Job".
package struct BulkJobRequest: Sendable, Hashable {
    package enum Operation: Sendable, Hashable {
        case update, delete
        /// By this unique external id field.
        case upsert(field: String)
    }

    package let object: String
    package let operation: Operation

    package init(object: String, operation: Operation) {
        self.object = object
        self.operation = operation
    }

    func body() throws(SalesforceError) -> [UInt8] {
        var text = "{\"object\":\"\(try APIName.checked(object: object))\","
        switch operation {
        case .update: text += "\"operation\":\"update\","
        case .delete: text += "\"operation\":\"delete\","
        case .upsert(let field):
            text +=
                "\"operation\":\"upsert\","
                + "\"externalIdFieldName\":\"\(try APIName.checked(field: field))\","
        }
        text += "\"contentType\":\"CSV\",\"lineEnding\":\"LF\",\"columnDelimiter\":\"COMMA\"}"
        return Array(text.utf8)
    }
}

/// How far Salesforce says that a job is (Bulk API 2.0 Developer Guide, "Job States").
package enum BulkJobState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Takes data; nothing is done with it yet.
    case open = "Open"
    /// Closed: it will be processed.
    case uploadComplete = "UploadComplete"
    case inProgress = "InProgress"
    case aborted = "Aborted"
    /// Over; rows may have failed each for itself.
    case jobComplete = "JobComplete"
    /// Over, with rows that were not processed; what was, stays.
    case failed = "Failed"

    /// Nothing more will be executed.
    package var isFinal: Bool {
        switch self {
        case .aborted, .jobComplete, .failed: true
        case .open, .uploadComplete, .inProgress: false
        }
    }
}

/// What Salesforce says of a job.
package struct BulkJobInfo: Sendable, Hashable {
    package let id: String
    package let state: BulkJobState
    /// Why a failed job failed: may quote a column's name, never a value.
    package let errorMessage: String?
    /// Rows processed so far, refused ones included; `nil` while Salesforce does not tell.
    package let processedCount: Int?

    package init(
        id: String, state: BulkJobState, errorMessage: String? = nil, processedCount: Int? = nil
    ) {
        self.id = id
        self.state = state
        self.errorMessage = errorMessage
        self.processedCount = processedCount
    }

    /// - Throws: ``SalesforceError/unreadableAnswer(_:status:reason:)``.
    init(_ body: FieldValue, _ kind: CallKind) throws(SalesforceError) {
        guard let id = body["id"]?.text, RecordID(answered: id) != nil,
            let state = body["state"]?.text.flatMap(BulkJobState.init)
        else {
            throw .unreadableAnswer(kind, status: 200, reason: "no job with an id and a state")
        }
        self.id = id
        self.state = state
        errorMessage = body["errorMessage"]?.text
        processedCount = body["numberRecordsProcessed"]?.integerValue
    }
}

/// The file of a job, compressed as it grows: a hundred megabytes of rows take a few in memory.
package final class BulkFile {
    private var gzip = Gzip()
    private var compressed: [UInt8] = []
    /// Bytes of the rows, uncompressed: what Salesforce's limit counts.
    package private(set) var byteCount = 0

    /// 150 MB of base64, which makes four bytes of three (Bulk API 2.0 Developer Guide, "Upload Job
    /// Data"); less a little, for line ends that a proxy may touch.
    package static let bytesMax = 110_000_000

    package init(columns: [String]) { add(CSVWriting.header(columns)) }

    package func add(_ rows: [UInt8]) {
        byteCount += rows.count
        compressed += gzip.add(rows)
    }

    /// The whole file, for ``SalesforceClient/upload(_:to:)``. Nothing can be added after.
    package func finish() -> [UInt8] { compressed + gzip.add([], isLast: true) }
}

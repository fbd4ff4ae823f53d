import Projection
import Salesforce

/// Batches that travel in one call, each with an intent and an answer of its own.
package struct PackedCall: Sendable {
    package let batches: [Batch]

    /// What the log calls the kind of call.
    package var lane: Lane { batches.count == 1 ? .collections : .composite }

    package var recordCount: Int { batches.reduce(0) { $0 + $1.operations.count } }
}

/// Puts batches together into calls: several share one Composite call, which counts once.
package struct CallPacking: Sendable {
    /// Batches in one call.
    let batchCountMax: Int
    /// Bytes of their bodies in one call.
    let bodyBytesMax: Int

    package init(limits: DeliveryLimits) {
        batchCountMax = min(limits.callBatchCountMax, CompositeRequest.subrequestCountMax)
        bodyBytesMax = limits.callBodyBytesMax
    }

    init(batchCountMax: Int, bodyBytesMax: Int) {
        self.batchCountMax = batchCountMax
        self.bodyBytesMax = bodyBytesMax
    }

    /// The calls that carry `batches`, in their order.
    ///
    /// A batch whose records stayed without an answer goes alone: when it breaks the call again,
    /// nothing else is in doubt with it.
    package func calls(_ batches: [Batch]) -> [PackedCall] {
        var calls: [PackedCall] = []
        var open: [Batch] = []
        var bytes = 0
        for batch in batches {
            let size = batch.request.body.count + batch.request.path.utf8.count
            let isFull =
                open.count == batchCountMax || bytes + size > bodyBytesMax || batch.isSuspect
                || open.last?.isSuspect == true
            if !open.isEmpty, isFull {
                calls.append(PackedCall(batches: open))
                open = []
                bytes = 0
            }
            open.append(batch)
            bytes += size
        }
        return open.isEmpty ? calls : calls + [PackedCall(batches: open)]
    }
}

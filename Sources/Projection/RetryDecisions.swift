import Records

extension DecisionEntry {
    /// Bytes of a decision that ``retries(of:bytesMax:)`` makes: far below what the log takes as
    /// one entry, and little enough to be folded without holding the log up.
    package static let retryBytesMax = 1 << 20

    /// Retries of `keys`, in their order, as many decisions as it takes for none to be larger than
    /// `bytesMax` as an entry's body, but for a single key that alone is.
    package static func retries(
        of keys: [MatcherKey], bytesMax: Int = retryBytesMax
    ) -> [DecisionEntry] {
        var decisions: [DecisionEntry] = []
        var part: [MatcherKey] = []
        var bytes = emptyRetryBytes
        for key in keys {
            let keyBytes = key.entryBytes
            if bytes + keyBytes > bytesMax, !part.isEmpty {
                decisions.append(.retry(keys: part))
                part = []
                bytes = emptyRetryBytes
            }
            part.append(key)
            bytes += keyBytes
        }
        if !part.isEmpty { decisions.append(.retry(keys: part)) }
        return decisions
    }

    private static let emptyRetryBytes = #"{"retry":{"keys":[]}}"#.utf8.count
}

extension MatcherKey {
    /// Bytes of the key in a decision's list, or a few more.
    fileprivate var entryBytes: Int {
        let frame = #"{"match":{},"object":},"#.utf8.count
        return terms.reduce(frame + object.jsonBytes) {
            $0 + $1.field.jsonBytes + $1.form.jsonBytes + 2
        }
    }
}

extension String {
    /// Bytes of the text between quotes, as the encoder of entries escapes it, or a few more.
    fileprivate var jsonBytes: Int {
        utf8.reduce(2) { count, byte in
            switch byte {
            case 0..<0x20, 0x7F: count + 6
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): count + 2
            default: count + 1
            }
        }
    }
}

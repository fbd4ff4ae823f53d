import Records

/// What a row says of a field's last write: one byte of these bits, and what they announce. Bits
/// are on disk.
private struct LastWriteBits: OptionSet {
    let rawValue: UInt8

    /// There was one.
    static let isThere = LastWriteBits(rawValue: 1)
    /// It wrote another value than the one that is wanted now: that value follows.
    static let hasWrote = LastWriteBits(rawValue: 2)
    /// What was read in its place follows.
    static let hasRead = LastWriteBits(rawValue: 4)
    static let isRewritten = LastWriteBits(rawValue: 8)

    static let known: LastWriteBits = [.isThere, .hasWrote, .hasRead, .isRewritten]
}

extension RowWriter {
    /// One byte for nearly every field: what was written is nearly always what is wanted.
    mutating func lastWrite(_ last: LastWrite?, of content: FieldState.Content) {
        guard let last else {
            byte(0)
            return
        }
        let isWanted = content == .value(last.wrote)
        var bits: LastWriteBits = .isThere
        if !isWanted { bits.insert(.hasWrote) }
        if last.read != nil { bits.insert(.hasRead) }
        if last.isRewritten { bits.insert(.isRewritten) }
        byte(bits.rawValue)
        if !isWanted { value(last.wrote) }
        if let read = last.read { value(read) }
    }
}

extension RowReader {
    mutating func lastWrite(of content: FieldState.Content) -> LastWrite? {
        let bits = LastWriteBits(rawValue: byte())
        guard bits.isSubset(of: .known) else { return damaged(nil) }
        guard bits.contains(.isThere) else { return bits.isEmpty ? nil : damaged(nil) }
        let wrote: FieldValue
        if bits.contains(.hasWrote) {
            wrote = value()
        } else if case .value(let wanted) = content {
            wrote = wanted
        } else {
            return damaged(nil)
        }
        return LastWrite(
            wrote: wrote, read: bits.contains(.hasRead) ? value() : nil,
            isRewritten: bits.contains(.isRewritten))
    }
}

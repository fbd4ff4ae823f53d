import Events

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Finds lines. Empty ones are passed over.
struct LineScan {
    let itemBytesMax: Int
    /// How many bytes behind the window's index are known to hold no line end.
    private var scanned = 0
    /// Set while the rest of a line that is too long goes by.
    private var isSkipping = false

    init(itemBytesMax: Int) { self.itemBytesMax = itemBytesMax }

    mutating func next(_ window: inout SplitWindow) -> MessageItem? {
        while window.index < window.bytes.count {
            let end = lineEnd(window)
            guard end < window.bytes.count || window.isFinished else {
                return holdBack(&window)
            }
            let item = isSkipping ? nil : item(window.bytes[window.index..<end], line: window.line)
            isSkipping = false
            scanned = 0
            window.index = min(end + 1, window.bytes.count)
            window.line += 1
            if let item { return item }
        }
        return nil
    }

    private func lineEnd(_ window: SplitWindow) -> Int {
        let start = window.index + scanned
        return window.bytes.withUnsafeBytes { bytes in
            guard start < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
            else { return bytes.count }
            return UnsafeRawPointer(found) - base
        }
    }

    /// The line's end has not come yet: keep what there is, unless it is too much already.
    private mutating func holdBack(_ window: inout SplitWindow) -> MessageItem? {
        let held = window.bytes.count - window.index
        guard held > itemBytesMax || isSkipping else {
            scanned = held
            return nil
        }
        window.index = window.bytes.count
        scanned = 0
        defer { isSkipping = true }
        return isSkipping ? nil : tooLarge(line: window.line)
    }

    private func item(_ bytes: ArraySlice<UInt8>, line: Int) -> MessageItem? {
        var bytes = bytes
        while let last = bytes.last, last.isJSONWhitespace { bytes.removeLast() }
        while let first = bytes.first, first.isJSONWhitespace { bytes.removeFirst() }
        guard !bytes.isEmpty else { return nil }
        guard bytes.count <= itemBytesMax else { return tooLarge(line: line) }
        return MessageItem(line: line, content: .bytes(Array(bytes)))
    }

    private func tooLarge(line: Int) -> MessageItem {
        MessageItem(line: line, content: .refused(.itemTooLarge(bytesMax: itemBytesMax)))
    }
}

extension EventRejection {
    static func itemTooLarge(bytesMax: Int) -> EventRejection {
        EventRejection(
            .eventTooLarge, "longer than \(bytesMax) bytes; split it into several",
            byteOffset: bytesMax)
    }
}

extension UInt8 {
    var isJSONWhitespace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}

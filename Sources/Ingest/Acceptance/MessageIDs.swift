import Crypto
import EventLog

/// Makes message IDs for events whose sender gave none.
package enum MessageIDs {
    /// 128 random bits in hexadecimal, with a prefix that tells a reader of the log who made it.
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = UInt64.random(in: .min ... .max, using: &generator)
        let low = UInt64.random(in: .min ... .max, using: &generator)
        return "tidemark-" + hexadecimal(high) + hexadecimal(low)
    }

    /// The id of an event of a file that gives none: the same whenever the same file is read, and
    /// another for each event of it.
    ///
    /// - Parameters:
    ///   - content: digest of the whole file and of how it is read. With the event's own bytes
    ///     alone, a person's second visit would count as the first one repeated.
    ///   - item: its line, element or row, from 0.
    ///   - index: within a batch there, from 0.
    static func derived(content: [UInt8], item: Int, index: Int) -> String {
        var function = SHA256()
        function.update(data: content)
        for number in [UInt64(item), UInt64(index)] {
            withUnsafeBytes(of: number.bigEndian) { function.update(bufferPointer: $0) }
        }
        return "tidemark-file-" + HexText.of(function.finalize().prefix(16))
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

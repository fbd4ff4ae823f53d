/// Makes message IDs for events whose sender gave none.
package enum MessageIDs {
    /// 128 random bits in hexadecimal, with a prefix that tells a reader of the log who made it.
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = UInt64.random(in: .min ... .max, using: &generator)
        let low = UInt64.random(in: .min ... .max, using: &generator)
        return "tidemark-" + hexadecimal(high) + hexadecimal(low)
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

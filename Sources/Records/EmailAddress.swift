/// What Salesforce's email fields take.
enum EmailAddress {
    /// Whether the text can be an address: one `@` with something before it, a domain of at least
    /// two labels after it, and no white space, comma, semicolon, colon, bracket, quote or
    /// backslash.
    ///
    /// Salesforce publishes no grammar. This refuses only what it surely refuses, and leaves the
    /// rest to it.
    static func isPlausible(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let at = bytes.firstIndex(of: UInt8(ascii: "@")), at > bytes.startIndex,
            !bytes.contains(where: isForbidden)
        else { return false }
        let domain = bytes[bytes.index(after: at)...]
        guard !domain.contains(UInt8(ascii: "@")) else { return false }
        let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty }
    }

    private static func isForbidden(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: "\""), UInt8(ascii: "\\"):
            true
        default: false
        }
    }
}

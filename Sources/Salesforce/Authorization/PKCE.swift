import Crypto

/// A secret of one authorisation and what may be shown of it (RFC 7636): the code that comes back
/// through the browser is worth nothing without the verifier, which never leaves this process but
/// to the token endpoint.
struct PKCE: Sendable, Hashable {
    /// 43 characters.
    let verifier: Confidential
    /// Base64url of the verifier's SHA-256: method `S256`.
    let challenge: String

    /// Bytes of chance that a verifier is made of: RFC 7636 §7.1 recommends 32.
    static let randomByteCount = 32

    init(randomBytes: [UInt8]) {
        precondition(randomBytes.count == Self.randomByteCount, "a verifier needs 32 bytes")
        let text = Base64URL.encode(randomBytes)
        verifier = Confidential(text)
        challenge = Base64URL.encode(Array(SHA256.hash(data: Array(text.utf8))))
    }
}

/// Base64 with `-` and `_` and without padding (RFC 4648 §5).
enum Base64URL {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var (bits, bitCount) = (0, 0)
        for byte in bytes {
            bits = (bits << 8 | Int(byte)) & 0xFFFF
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(letters[bits >> bitCount & 63])
            }
        }
        if bitCount > 0 { text.append(letters[bits << (6 - bitCount) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }
}

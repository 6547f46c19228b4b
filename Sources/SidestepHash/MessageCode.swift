import Crypto

/// Codes by which a receiver sees that a message comes from who knows the secret.
public enum MessageCode {
    /// HMAC-SHA256, RFC 2104: 32 bytes.
    public static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }
}

import Crypto

/// Codes by which a receiver sees that a message comes from who knows the secret.
public enum MessageCode {
    /// HMAC-SHA256, RFC 2104: 32 bytes.
    public static func sha256(key: UnsafeRawBufferPointer, _ message: [UInt8]) -> [UInt8] {
        // SymmetricKey overwrites its copy when it ends.
        Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }
}

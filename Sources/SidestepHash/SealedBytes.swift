import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Bytes that nobody reads or changes without the key: AES-256-GCM, NIST SP 800-38D.
public enum SealedBytes {
    /// Bytes of a nonce: one that was used for other bytes or another context may not be used again.
    public static let nonceBytes = 12
    /// Bytes that the result is longer than what was sealed.
    public static let tagBytes = 16

    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - context: what has to be told again to open it; it is not in the result.
    public static func seal(_ bytes: [UInt8], key: [UInt8], nonce: [UInt8], context: [UInt8]) -> [UInt8] {
        guard let nonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.seal(
                bytes, using: SymmetricKey(data: key), nonce: nonce, authenticating: context)
        else { preconditionFailure("AES-GCM takes every text, and nonces of 12 bytes") }
        return Array(box.ciphertext) + Array(box.tag)
    }

    /// What was sealed; nil where key, nonce or context are others, or something was changed.
    public static func open(
        _ sealed: some Collection<UInt8>, key: [UInt8], nonce: some Collection<UInt8>, context: [UInt8]
    )
        -> [UInt8]?
    {
        let bytes = Array(sealed)
        guard bytes.count >= tagBytes, let nonce = try? AES.GCM.Nonce(data: Array(nonce)),
            let box = try? AES.GCM.SealedBox(
                nonce: nonce, ciphertext: bytes.dropLast(tagBytes), tag: bytes.suffix(tagBytes)),
            let opened = try? AES.GCM.open(box, using: SymmetricKey(data: key), authenticating: context)
        else { return nil }
        return Array(opened)
    }
}

import Crypto

/// The hash by which secrets are stored and equal contents are found: SHA-256, its first 16 bytes.
///
/// 128 bits are what the random tokens have, and no two contents of one host will ever share them.
public enum ContentHash {
    /// - Parameter domain: contents of different domains never count as equal.
    public static func of(_ bytes: some Collection<UInt8>, in domain: UInt32? = nil) -> [UInt8] {
        var hash = SHA256()
        if let domain { withUnsafeBytes(of: domain.littleEndian) { hash.update(bufferPointer: $0) } }
        let contiguous: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            hash.update(bufferPointer: UnsafeRawBufferPointer(buffer))
        }
        if contiguous == nil { hash.update(data: Array(bytes)) }
        return Array(hash.finalize().prefix(16))
    }
}

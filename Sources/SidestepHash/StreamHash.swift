import Crypto

/// The SHA-256 of bytes that come one after the other: FIPS 180-4.
public struct StreamHash: Sendable {
    private var hash = SHA256()

    /// Of nothing yet.
    public init() {}

    /// Takes in more bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

    /// All 32 bytes, as 64 small hexadecimal digits.
    public func hexDigits() -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// Why some bytes are not one JSON value, and where.
public struct JSONError: Error, Sendable, Equatable {
    /// Bytes from the start of the scanned text to the place where it broke.
    public let offset: Int
    /// What was wrong there, as half a sentence.
    public let reason: String

    /// An error at a byte of the text.
    public init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }
}

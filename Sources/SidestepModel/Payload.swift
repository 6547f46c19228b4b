/// Bytes of one JSON value that belong to a user: stored and returned as they came, never interpreted.
public typealias Payload = ArraySlice<UInt8>

extension ArraySlice<UInt8> {
    /// The bytes of `text`; for values that the engine itself writes.
    public init(text: String) { self = ArraySlice(text.utf8) }
}

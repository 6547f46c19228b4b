/// What a store says of its own trouble: for the daemon's log and its operator, never for a caller.
public struct StoreFault: Error, Sendable, Equatable {
    /// The store's number for it: SQLite's extended result code.
    public var code: Int32
    /// The name of the statement, never its text.
    public var operation: String
    /// The store's own sentence.
    public var words: String

    /// A trouble as the store's library told it.
    public init(code: Int32, operation: String, words: String) {
        self.code = code
        self.operation = operation
        self.words = words
    }

    /// What an operator reads.
    public var sentence: String { "\(operation): \(words) (\(code))" }
}

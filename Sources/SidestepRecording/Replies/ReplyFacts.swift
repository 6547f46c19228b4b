/// What an answer used, as its provider says.
public struct ReplyUsage: Sendable, Equatable {
    /// Tokens read, those from a cache and those written to one included.
    public var input: Int64 = 0
    /// Tokens written, thoughts included.
    public var output: Int64 = 0
    /// Of the tokens read, those that came from a cache.
    public var cached: Int64 = 0
    /// Of the tokens read, those that were written to a cache.
    public var cacheWritten: Int64 = 0

    /// Usage of so many tokens.
    public init(input: Int64 = 0, output: Int64 = 0, cached: Int64 = 0, cacheWritten: Int64 = 0) {
        self.input = input
        self.output = output
        self.cached = cached
        self.cacheWritten = cacheWritten
    }
}

/// What is read off an answer besides its bytes.
public struct ReplyFacts: Sendable, Equatable {
    /// What it used; nil when the provider did not say.
    public var usage: ReplyUsage?
    /// The ids of the calls of tools that it asks for, each once.
    public var toolReferences: [String] = []
    /// The model that answered.
    public var model: String?
    /// Why it ended, in the provider's words.
    public var finish: String?
    /// The id under which the provider may keep it.
    public var identifier: String?
    /// Bytes of text in it: what usage is estimated by where none is said.
    public var textBytes = 0

    /// Nothing yet.
    public init() {}

    mutating func note(reference: String?) {
        guard let reference, !toolReferences.contains(reference) else { return }
        toolReferences.append(reference)
    }
}

/// How an answer ended.
public enum ReplyEnd: Sendable, Equatable {
    /// It is whole: a result.
    case complete
    /// It broke off, whatever its client makes of it.
    case incomplete
    /// The provider said that it failed.
    case failed(String)
}

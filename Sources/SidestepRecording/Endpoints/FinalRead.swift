import SidestepProtocol

/// What a request reads that a provider makes in its own time: once that is final it stays as it is, and may be gone
/// soon.
public enum FinalRead: Sendable, CaseIterable {
    /// A response of OpenAI's, one in the background above all.
    case response
    /// One of Gemini's Interactions.
    case interaction
    /// A batch of any provider.
    case batch
    /// The content of a file, or the results of a batch.
    case content

    /// How the answer is read.
    public var api: API {
        switch self {
        case .response: .responses
        case .interaction: .interactions
        case .batch, .content: .files
        }
    }

    /// Whether a whole answer says that nothing changes any more. What failed is none: it is never given again.
    ///
    /// - Parameter isStream: whether it came in events, whose last one has said so already.
    public func isFinal(_ body: [UInt8], isStream: Bool) -> Bool {
        if self == .content || isStream { return true }
        guard let value = try? RawJSON(parsing: body), value.kind == .object else { return false }
        let status = value["status"]?.string
        switch self {
        case .response: return ["completed", "incomplete"].contains(status)
        case .interaction: return Self.ends.contains(status)
        case .batch: return Self.isFinal(batch: value)
        case .content: return true
        }
    }

    /// An Interaction that needs a tool's result or another request to go on goes on as another one, with an id of its
    /// own.
    private static let ends: Set<String?> = [
        "completed", "incomplete", "budget_exceeded", "requires_action", "requires_continuation",
    ]

    /// In the words of OpenAI, Anthropic and Gemini. One that was cancelled or has expired has results as well.
    private static func isFinal(batch: RawJSON) -> Bool {
        if let status = batch["status"]?.string {
            return ["completed", "expired", "cancelled"].contains(status)
        }
        if let status = batch["processing_status"]?.string { return status == "ended" }
        return batch["done"]?.bool == true && batch.value("error") == nil
    }
}

/// What a call asks a provider for: it decides how the call is keyed, when its answer is complete and what it
/// used.
public enum API: String, Sendable, CaseIterable {
    /// OpenAI's chat completions and what is compatible with them.
    case chat
    /// OpenAI's older completions.
    case completions
    /// OpenAI's Responses, over HTTP or as frames of a WebSocket.
    case responses
    /// Anthropic's messages.
    case messages
    /// Counting tokens without an answer, of any provider.
    case countTokens
    /// Gemini's `generateContent` and `streamGenerateContent`.
    case gemini
    /// Gemini's Interactions.
    case interactions
    /// Embeddings of any provider.
    case embeddings
    /// Images made or edited.
    case images
    /// Speech, transcriptions and translations.
    case audio
    /// OpenAI's moderations.
    case moderations
    /// Texts put in order.
    case rerank
    /// What is made to be used by other calls: files, batches, vector stores, caches.
    case files
    /// Anything else: bytes.
    case opaque

    /// In whose words a provider's errors are.
    public var shape: ErrorShape {
        switch self {
        case .messages: .anthropic
        case .gemini, .interactions: .gemini
        default: .openAI
        }
    }
}

/// The providers' forms of errors.
public enum ErrorShape: Sendable, CaseIterable {
    /// `{"error": {"message", "type", "param", "code"}}`
    case openAI
    /// `{"type": "error", "error": {"type", "message"}}`
    case anthropic
    /// `{"error": {"code", "message", "status"}}`
    case gemini
}

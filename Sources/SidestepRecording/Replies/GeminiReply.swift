import SidestepProtocol

/// Answers of Gemini's `generateContent` and `streamGenerateContent`: events, one value, or an array of what
/// would have been events.
struct GeminiReply: ReplyReader {
    private(set) var facts = ReplyFacts()
    private(set) var failure: String?
    private var candidates: [Int64: Bool] = [:]
    private var isBlocked = false

    var mayBeEnd: Bool {
        isBlocked || (!candidates.isEmpty && candidates.values.allSatisfy { $0 })
    }

    func isWhole(endedWell: Bool) -> Bool { endedWell && mayBeEnd }

    mutating func take(_ event: RawJSON, type: String) {
        if event.value("error") != nil {
            failure = event.complaint
            return
        }
        facts.model = event["modelVersion"]?.string ?? facts.model
        facts.identifier = event["responseId"]?.string ?? facts.identifier
        // The last that is said counts: it is of all that came.
        if let usage = event.value("usageMetadata") { facts.usage = Self.usage(usage) }
        if let reason = event["promptFeedback"]?["blockReason"]?.string {
            facts.finish = reason
            isBlocked = true
        }
        for candidate in event["candidates"]?.elements ?? [] { take(candidate: candidate) }
    }

    mutating func take(whole: RawJSON) {
        for part in whole.kind == .array ? whole.elements : [whole] { take(part, type: "") }
    }

    private mutating func take(candidate: RawJSON) {
        let index = candidate["index"]?.integer ?? 0
        candidates[index] = candidates[index] ?? false
        if let reason = candidate["finishReason"]?.string {
            facts.finish = reason
            candidates[index] = true
        }
        for part in candidate["content"]?["parts"]?.elements ?? [] {
            facts.textBytes += part.textBytes("text")
            guard let call = part["functionCall"] else { continue }
            facts.note(reference: call["id"]?.string)
            facts.note(reference: part["thoughtSignature"]?.string.map(ToolResults.reference(signature:)))
            facts.textBytes += call["args"]?.bytes.count ?? 0
        }
    }

    static func usage(_ usage: RawJSON) -> ReplyUsage {
        ReplyUsage(
            input: usage.count("promptTokenCount").addingClamped(usage.count("toolUsePromptTokenCount")),
            output: usage.count("candidatesTokenCount").addingClamped(usage.count("thoughtsTokenCount")),
            cached: usage.count("cachedContentTokenCount"))
    }
}

/// Answers of Gemini's Interactions.
struct InteractionsReply: ReplyReader {
    private(set) var facts = ReplyFacts()
    private(set) var failure: String?
    private var isDone = false

    var mayBeEnd: Bool { isDone }

    func isWhole(endedWell: Bool) -> Bool { isDone }

    mutating func take(_ event: RawJSON, type: String) {
        switch event["event_type"]?.string ?? type {
        case "interaction.created", "interaction.start":
            facts.identifier = event["interaction"]?["id"]?.string ?? facts.identifier
            facts.model = event["interaction"]?["model"]?.string ?? facts.model
        case "interaction.completed", "interaction.complete": take(whole: event["interaction"] ?? event)
        case "error": failure = event.complaint
        case "step.start", "step.stop":
            if let step = event["step"] { take(step: step) }
        case "step.delta", "content.delta":
            guard let delta = event["delta"] else { return }
            take(step: delta)
            facts.textBytes += delta.textBytes("text") + delta.textBytes("arguments")
        default: break
        }
    }

    mutating func take(whole: RawJSON) {
        facts.identifier = whole["id"]?.string ?? facts.identifier
        facts.model = whole["model"]?.string ?? facts.model
        facts.finish = whole["status"]?.string ?? facts.finish
        for step in (whole["steps"] ?? whole["outputs"])?.elements ?? [] { take(step: step) }
        if let usage = whole.value("usage") { facts.usage = Self.usage(usage) }
        if ["failed", "cancelled"].contains(whole["status"]?.string) || whole.value("error") != nil {
            failure = whole.complaint
        }
        isDone = true
    }

    private mutating func take(step: RawJSON) {
        guard step["type"]?.string == "function_call" else { return }
        facts.note(reference: step["id"]?.string ?? step["call_id"]?.string)
    }

    static func usage(_ usage: RawJSON) -> ReplyUsage {
        ReplyUsage(
            input: usage.count("total_input_tokens").addingClamped(usage.count("total_tool_use_tokens")),
            output: usage.count("total_output_tokens").addingClamped(usage.count("total_thought_tokens")),
            cached: usage.count("total_cached_tokens"))
    }
}

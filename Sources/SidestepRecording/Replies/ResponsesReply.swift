import SidestepProtocol

/// Answers of OpenAI's Responses: events over HTTP, frames of a WebSocket, or one value.
struct ResponsesReply: ReplyReader {
    private(set) var facts = ReplyFacts()
    private(set) var failure: String?
    private var isDone = false

    var mayBeEnd: Bool { isDone }

    func isWhole(endedWell: Bool) -> Bool { isDone }

    mutating func take(_ event: RawJSON, type: String) {
        switch event["type"]?.string ?? type {
        case "response.completed", "response.incomplete", "response.done":
            take(whole: event["response"] ?? event)
        case "response.failed":
            take(whole: event["response"] ?? event)
            failure = failure ?? "The response failed."
        case "error": failure = event.complaint
        case "response.output_item.added", "response.output_item.done":
            if let item = event["item"] { take(item: item) }
        case "response.created", "response.in_progress":
            facts.identifier = event["response"]?["id"]?.string ?? facts.identifier
            facts.model = event["response"]?["model"]?.string ?? facts.model
        case let name where name.hasSuffix(".delta"): facts.textBytes += event.textBytes("delta")
        default: break
        }
    }

    mutating func take(whole: RawJSON) {
        facts.identifier = whole["id"]?.string ?? facts.identifier
        facts.model = whole["model"]?.string ?? facts.model
        let reason = whole.value("incomplete_details")?["reason"]?.string
        facts.finish = reason ?? whole["status"]?.string ?? facts.finish
        for item in whole["output"]?.elements ?? [] { take(item: item) }
        if let usage = whole.value("usage") { facts.usage = Self.usage(usage) }
        if ["failed", "cancelled"].contains(whole["status"]?.string) || whole.value("error") != nil {
            failure = whole.complaint
        }
        isDone = true
    }

    private mutating func take(item: RawJSON) {
        guard let type = item["type"]?.string, type.hasSuffix("_call") else { return }
        facts.note(reference: item["call_id"]?.string ?? (type == "function_call" ? item["id"]?.string : nil))
    }

    static func usage(_ usage: RawJSON) -> ReplyUsage {
        ReplyUsage(
            input: usage.count("input_tokens"), output: usage.count("output_tokens"),
            cached: usage["input_tokens_details"]?.count("cached_tokens") ?? 0,
            cacheWritten: usage["input_tokens_details"]?.count("cache_write_tokens") ?? 0)
    }
}

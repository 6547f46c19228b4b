import SidestepProtocol

/// Answers of Anthropic's messages.
struct MessagesReply: ReplyReader {
    private(set) var facts = ReplyFacts()
    private(set) var failure: String?
    private var isStopped = false

    /// The reason to stop comes one event before the end, and tells a client already that this was all.
    var mayBeEnd: Bool { isStopped || facts.finish != nil }

    func isWhole(endedWell: Bool) -> Bool { isStopped }

    mutating func take(_ event: RawJSON, type: String) {
        switch event["type"]?.string ?? type {
        case "message_start":
            if let message = event["message"] { takeHead(message) }
        case "content_block_start":
            if let block = event["content_block"] { take(block: block) }
        case "content_block_delta":
            for name in ["text", "partial_json", "thinking"] {
                facts.textBytes += event["delta"]?.textBytes(name) ?? 0
            }
        case "message_delta":
            facts.finish = event["delta"]?["stop_reason"]?.string ?? facts.finish
            if let usage = event.value("usage") { replace(usage) }
        case "message_stop": isStopped = true
        case "error": failure = event.complaint
        default: break
        }
    }

    mutating func take(whole: RawJSON) {
        if whole["type"]?.string == "error" {
            failure = whole.complaint
            return
        }
        takeHead(whole)
        facts.finish = whole["stop_reason"]?.string
        for block in whole["content"]?.elements ?? [] { take(block: block) }
        isStopped = true
    }

    private mutating func takeHead(_ message: RawJSON) {
        facts.identifier = message["id"]?.string
        facts.model = message["model"]?.string
        if let usage = message.value("usage") { replace(usage) }
    }

    private mutating func take(block: RawJSON) {
        if block["type"]?.string == "tool_use" { facts.note(reference: block["id"]?.string) }
        facts.textBytes += block.textBytes("text") + block.textBytes("thinking")
    }

    /// Figures are of the whole message so far; one that is not named stays. Those of caches are not in that of
    /// the input.
    private mutating func replace(_ usage: RawJSON) {
        let known = facts.usage ?? ReplyUsage()
        func figure(_ name: String, _ before: Int64) -> Int64 {
            usage.value(name)?.integer.map { max(0, $0) } ?? before
        }
        let plain = figure("input_tokens", known.input - known.cached - known.cacheWritten)
        let cached = figure("cache_read_input_tokens", known.cached)
        let written = figure("cache_creation_input_tokens", known.cacheWritten)
        facts.usage = ReplyUsage(
            input: plain.addingClamped(cached).addingClamped(written),
            output: figure("output_tokens", known.output), cached: cached, cacheWritten: written)
    }
}

extension Int64 {
    /// The sum, or the largest number: what a provider says is nobody's to crash on.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The product, or the largest number.
    func multipliedClamped(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}

import SidestepProtocol

/// Answers of OpenAI's chat completions and completions, and of what is compatible with them.
struct ChatReply: ReplyReader {
    private(set) var facts = ReplyFacts()
    private(set) var failure: String?
    /// The choices that have begun, and whether each has a reason to have ended.
    private var choices: [Int64: Bool] = [:]
    private var isDone = false

    var mayBeEnd: Bool { isDone || areChoicesFinished }
    private var areChoicesFinished: Bool { !choices.isEmpty && choices.values.allSatisfy { $0 } }

    /// Compatible servers leave out `[DONE]`: then each choice has to have ended and the connection, too.
    func isWhole(endedWell: Bool) -> Bool { isDone || (endedWell && areChoicesFinished) }

    mutating func takeDone() { isDone = true }

    mutating func take(_ event: RawJSON, type: String) {
        if event.value("error") != nil || type == "error" {
            failure = event.complaint
            return
        }
        takeHead(event)
        for choice in event["choices"]?.elements ?? [] { take(choice, part: choice["delta"]) }
    }

    mutating func take(whole: RawJSON) {
        if whole.value("error") != nil {
            failure = whole.complaint
            return
        }
        takeHead(whole)
        for choice in whole["choices"]?.elements ?? [] { take(choice, part: choice["message"]) }
        isDone = true
    }

    private mutating func takeHead(_ value: RawJSON) {
        facts.model = value["model"]?.string ?? facts.model
        facts.identifier = value["id"]?.string ?? facts.identifier
        if let usage = value.value("usage") { facts.usage = Self.usage(usage) }
    }

    private mutating func take(_ choice: RawJSON, part: RawJSON?) {
        let index = choice["index"]?.integer ?? 0
        if let reason = choice["finish_reason"]?.string {
            facts.finish = reason
            choices[index] = true
        } else if carriesMore(choice, part) || choices[index] == nil {
            // A chunk with usage may have a choice without anything in it.
            choices[index] = choices[index] ?? false
        }
        facts.textBytes += choice.textBytes("text")
        guard let part else { return }
        for name in ["content", "reasoning_content", "reasoning", "refusal"] {
            facts.textBytes += part.textBytes(name)
        }
        for call in part["tool_calls"]?.elements ?? [] {
            facts.note(reference: call["id"]?.string)
            facts.textBytes += call["function"]?.textBytes("arguments") ?? 0
        }
    }

    private func carriesMore(_ choice: RawJSON, _ part: RawJSON?) -> Bool {
        choice["text"] != nil || !(part?.members.isEmpty ?? true)
    }

    static func usage(_ usage: RawJSON) -> ReplyUsage {
        ReplyUsage(
            input: usage.count("prompt_tokens"), output: usage.count("completion_tokens"),
            cached: usage["prompt_tokens_details"]?.count("cached_tokens") ?? 0,
            cacheWritten: usage["prompt_tokens_details"]?.count("cache_write_tokens") ?? 0)
    }
}

import SidestepProtocol

/// Answers that are whole when they have ended well: embeddings, images, lists, and what nobody knows.
struct PlainReply: ReplyReader {
    private(set) var facts = ReplyFacts()
    private(set) var failure: String?

    /// Nothing says that more comes, so the last event waits for the one after it.
    var mayBeEnd: Bool { true }

    func isWhole(endedWell: Bool) -> Bool { endedWell }

    mutating func take(_ event: RawJSON, type: String) {
        if type == "error" { failure = event.complaint }
        takeHead(event)
    }

    mutating func take(whole: RawJSON) { takeHead(whole) }

    private mutating func takeHead(_ value: RawJSON) {
        guard value.kind == .object else { return }
        facts.model = value["model"]?.string ?? facts.model
        facts.identifier = value["id"]?.string ?? facts.identifier
        guard let usage = value.value("usage") else { return }
        let responses = ResponsesReply.usage(usage)
        facts.usage = responses == ReplyUsage() ? ChatReply.usage(usage) : responses
    }
}

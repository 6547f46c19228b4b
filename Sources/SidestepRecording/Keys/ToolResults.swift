import SidestepHash
import SidestepProtocol

/// What a request says about tools: the ids of their calls, and where their results stand.
struct ToolResults: Equatable {
    /// The ids of calls and results, each once, in their order.
    private(set) var references: [String] = []
    /// Where the contents of results lie, in the order of the body.
    private(set) var contents: [Range<Int>] = []

    /// Looks through a request's members; empty for one without tools.
    init(of members: [(key: String, value: RawJSON)]) {
        for member in members {
            switch member.key {
            case "messages": member.value.elements.forEach { take(message: $0) }
            case "input": member.value.elements.forEach { take(item: $0) }
            case "contents": member.value.elements.forEach { take(content: $0) }
            default: break
            }
        }
        var seen: Set<String> = []
        references = references.filter { seen.insert($0).inserted }
        contents = BodyEdits.apart(contents)
    }

    /// A message of OpenAI's chat or of Anthropic.
    private mutating func take(message: RawJSON) {
        if message["role"]?.string == "tool" {
            take(result: message["content"], of: message["tool_call_id"])
        }
        for call in message["tool_calls"]?.elements ?? [] { take(call: call["id"]) }
        for block in message["content"]?.elements ?? [] {
            switch block["type"]?.string {
            case "tool_use": take(call: block["id"])
            case "tool_result": take(result: block["content"], of: block["tool_use_id"])
            default: break
            }
        }
    }

    /// An item of Responses or of Interactions.
    private mutating func take(item: RawJSON) {
        guard let type = item["type"]?.string else { return }
        if type.hasSuffix("_call_output") {
            take(result: item["output"], of: item["call_id"])
        } else if type == "function_result" {
            take(result: item["result"], of: item["call_id"])
        } else if type.hasSuffix("_call") {
            take(call: item["call_id"] ?? (type == "function_call" ? item["id"] : nil))
        }
    }

    /// A turn of Gemini's `generateContent`: where it gives calls no ids, the signature of the thought that led
    /// to one is as unguessable.
    private mutating func take(content: RawJSON) {
        for part in content["parts"]?.elements ?? [] {
            if let call = part["functionCall"] {
                take(call: call["id"])
                if let signature = part["thoughtSignature"]?.string {
                    references.append(Self.reference(signature: signature))
                }
            }
            if let response = part["functionResponse"] {
                contents += [response["response"]?.bytes.indices].compactMap { $0 }
                take(call: response["id"])
            }
        }
    }

    private mutating func take(call id: RawJSON?) {
        if let id = id?.string { references.append(id) }
    }

    private mutating func take(result: RawJSON?, of id: RawJSON?) {
        take(call: id)
        if let result { contents.append(result.bytes.indices) }
    }

    /// What stands for a signature, which may have kilobytes.
    static func reference(signature: String) -> String {
        "thought:" + Base64.encode(ContentHash.of(signature.utf8))
    }
}

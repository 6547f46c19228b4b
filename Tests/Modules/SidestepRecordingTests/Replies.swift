import SidestepRecording
import Testing

/// An answer as a provider would send it, and what is to be read off it.
struct SampleReply: Sendable, CustomTestStringConvertible {
    let name: String
    let api: API
    let contentType: String
    let text: String
    let usage: ReplyUsage?
    var references: [String] = []
    var finish: String?
    /// The text from which on nothing may be released before the answer is recorded.
    let end: String

    /// Bytes that may be released before it is recorded.
    var held: Int? { text.ranges(of: end).last.map { text[..<$0.lowerBound].utf8.count } }

    /// Bytes after which it is whole, however its connection ends; nil when only the connection tells.
    var whole: Int? {
        guard contentType == Self.events else { return nil }
        switch api {
        case .interactions:
            return text.firstRange(of: "event: done").map { text[..<$0.lowerBound].utf8.count }
        case .messages, .responses: return bytes.count
        case .chat: return text.hasSuffix("[DONE]\n\n") ? bytes.count : nil
        default: return nil
        }
    }

    var bytes: [UInt8] { Array(text.utf8) }
    var testDescription: String { name }

    static let events = "text/event-stream; charset=utf-8"
    static let json = "application/json"
}

/// Lines of a stream: one event for each data.
func stream(_ data: [String], newline: String = "\n") -> String {
    data.map { "data: \($0)\(newline)\(newline)" }.joined()
}

/// Events with their names.
func named(_ data: [(String, String)]) -> String {
    data.map { "event: \($0.0)\ndata: \($0.1)\n\n" }.joined()
}

extension SampleReply {
    static let chatEnd = #"{"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#
    static let chatUsage =
        #"{"id":"x","choices":[{"index":0,"delta":{}}],"usage":{"prompt_tokens":9,"completion_tokens":4,"#
        + #""prompt_tokens_details":{"cached_tokens":3}}}"#
    static let chatParts = [
        #"{"id":"x","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hé"}}]}"#,
        #"{"id":"x","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","#
            + #""function":{"arguments":"{}"}}]}}]}"#,
    ]

    static let all: [SampleReply] = [
        SampleReply(
            name: "chat", api: .chat, contentType: events,
            text: stream(chatParts + [chatEnd, chatUsage, "[DONE]"]),
            usage: ReplyUsage(input: 9, output: 4, cached: 3), references: ["c1"], finish: "tool_calls",
            end: "data: \(chatEnd)"),
        SampleReply(
            name: "chat without its [DONE], CR LF, a mark and comments", api: .chat, contentType: events,
            text: "\u{FEFF}: hello\r\n\r\n" + stream(chatParts + [chatEnd], newline: "\r\n"), usage: nil,
            references: ["c1"], finish: "tool_calls", end: "data: \(chatEnd)"),
        SampleReply(
            name: "chat as one value", api: .chat, contentType: json,
            text: #"{"model":"m","choices":[{"index":0,"message":{"content":"a","tool_calls":[{"id":"c1"}]},"#
                + #""finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"# + "\n",
            usage: ReplyUsage(input: 1, output: 2), references: ["c1"], finish: "stop", end: "}\n"),
        SampleReply(
            name: "Responses", api: .responses, contentType: events,
            text: named([
                ("response.created", #"{"type":"response.created","response":{"id":"r","model":"m"}}"#),
                ("response.output_text.delta", #"{"type":"response.output_text.delta","delta":"abc"}"#),
                (
                    "response.output_item.done",
                    #"{"type":"response.output_item.done","item":{"type":"function_call","call_id":"c1"}}"#
                ),
                (
                    "response.completed",
                    #"{"type":"response.completed","response":{"id":"r","status":"completed","error":null,"#
                        + #""usage":{"input_tokens":7,"output_tokens":5,"input_tokens_details":{"cached_tokens":2}}}}"#
                ),
            ]), usage: ReplyUsage(input: 7, output: 5, cached: 2), references: ["c1"], finish: "completed",
            end: "event: response.completed"),
        SampleReply(
            name: "Responses that stopped early", api: .responses, contentType: events,
            text: stream([
                #"{"type":"response.incomplete","response":{"status":"incomplete","#
                    + #""incomplete_details":{"reason":"max_output_tokens"}}}"#
            ]), usage: nil, finish: "max_output_tokens", end: "data: {\"type\":\"response.incomplete"),
        SampleReply(
            name: "messages, data over several lines", api: .messages, contentType: events,
            text: "event: message_start\ndata: {\"type\":\"message_start\",\n"
                + "data: \"message\":{\"id\":\"a\",\"model\":\"m\","
                + "\"usage\":{\"input_tokens\":10,\"cache_read_input_tokens\":5,\"cache_creation_input_tokens\":2,"
                + "\"output_tokens\":1}}}\n\n: ping\n\n"
                + named([
                    (
                        "content_block_start",
                        #"{"type":"content_block_start","content_block":{"type":"tool_use","id":"t1"}}"#
                    ),
                    ("content_block_delta", #"{"type":"content_block_delta","delta":{"partial_json":"{}"}}"#),
                    (
                        "message_delta",
                        #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":20}}"#
                    ), ("message_stop", #"{"type":"message_stop"}"#),
                ]), usage: ReplyUsage(input: 17, output: 20, cached: 5, cacheWritten: 2), references: ["t1"],
            finish: "tool_use", end: "event: message_delta"),
        SampleReply(
            name: "messages as one value", api: .messages, contentType: json,
            text: #"{"type":"message","id":"a","content":[{"type":"tool_use","id":"t1"}],"#
                + #""stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":4}}"#,
            usage: ReplyUsage(input: 3, output: 4), references: ["t1"], finish: "end_turn", end: "}"),
        SampleReply(
            name: "Gemini", api: .gemini, contentType: events,
            text: stream(
                [
                    #"{"candidates":[{"content":{"parts":[{"text":"a"},{"functionCall":{"id":"g1","args":{}}}]}}]}"#,
                    #"{"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}],"#
                        + #""usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":2,"thoughtsTokenCount":6}}"#,
                ], newline: "\r\n"), usage: ReplyUsage(input: 4, output: 8), references: ["g1"],
            finish: "STOP",
            end: #"data: {"candidates":[{"content":{"parts":[]}"#),
        SampleReply(
            name: "Gemini as an array", api: .gemini, contentType: json,
            text: #"[{"candidates":[{"index":0}]},"# + "\n"
                + #"{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1}}]"#,
            usage: ReplyUsage(input: 1), finish: "STOP", end: "]"),
        SampleReply(
            name: "Gemini that was blocked", api: .gemini, contentType: json,
            text: #"{"promptFeedback":{"blockReason":"SAFETY"}}"#, usage: nil, finish: "SAFETY", end: "}"),
        SampleReply(
            name: "Interactions", api: .interactions, contentType: events,
            text: named([
                ("interaction.created", #"{"interaction":{"id":"i"},"event_type":"interaction.created"}"#),
                (
                    "step.start",
                    #"{"event_type":"step.start","step":{"type":"function_call","id":"f1","name":"x"}}"#
                ),
                (
                    "interaction.completed",
                    #"{"event_type":"interaction.completed","interaction":{"status":"requires_action","#
                        + #""usage":{"total_input_tokens":3,"total_output_tokens":2,"total_thought_tokens":1}}}"#
                ), ("done", "[DONE]"),
            ]), usage: ReplyUsage(input: 3, output: 3), references: ["f1"], finish: "requires_action",
            end: "event: interaction.completed"),
        SampleReply(
            name: "embeddings", api: .embeddings, contentType: json,
            text: #"{"data":[{"embedding":[0.5]}],"usage":{"prompt_tokens":5,"total_tokens":5}}"#,
            usage: ReplyUsage(input: 5), end: "}"),
        SampleReply(
            name: "events of an API that nobody knows", api: .opaque, contentType: events,
            text: "data: 1\n\ndata: 2\n\n", usage: nil, end: "data: 2"),
        SampleReply(
            name: "bytes", api: .audio, contentType: "audio/mpeg", text: "abc", usage: nil, end: "c"),
    ]
}

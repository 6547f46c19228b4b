import SidestepRecording

/// An answer that a provider sends to one call of a random program, how it ends, and what it says of its usage.
struct ProgramReply {
    let api: API
    private(set) var bytes: [UInt8] = []
    /// After so many bytes the connection ends, well or not.
    private(set) var stop = 0
    private(set) var endsWell = true
    /// Where events end.
    private var ends: [Int] = []
    /// What is said of the usage, and after how many bytes.
    private var said: [(after: Int, usage: ReplyUsage)] = []
    /// From here on a proper end makes it whole.
    private var mayEnd = Int.max

    init(_ dice: inout Dice) {
        let read = Int64.random(in: 0..<1000, using: &dice)
        let written = Int64.random(in: 0..<1000, using: &dice)
        let words = Int.random(in: 0..<3, using: &dice)
        switch Int.random(in: 0..<3, using: &dice) {
        case 0:
            api = .chat
            addChat(words, read, written)
        case 1:
            api = .responses
            addResponses(words, read, written)
        default:
            api = .messages
            addMessages(words, read, written)
        }
        switch Int.random(in: 0..<6, using: &dice) {
        case 0: (stop, endsWell) = (Int.random(in: 0...bytes.count, using: &dice), false)
        case 1: stop = ends.randomElement(using: &dice)!
        default: stop = bytes.count
        }
    }

    /// What was reported when so many bytes were there; nil for nothing.
    func reported(by place: Int) -> ReplyUsage? { said.last { $0.after <= place }?.usage }

    /// Whether it is a result as it ends.
    var isWhole: Bool { stop == bytes.count || endsWell && stop >= mayEnd }

    private mutating func add(_ data: String, says usage: ReplyUsage? = nil) {
        bytes += Array("data: \(data)\n\n".utf8)
        ends.append(bytes.count)
        if let usage { said.append((bytes.count, usage)) }
    }

    private mutating func addChat(_ words: Int, _ read: Int64, _ written: Int64) {
        for _ in 0..<words { add(#"{"choices":[{"index":0,"delta":{"content":"word"}}]}"#) }
        add(#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#)
        mayEnd = bytes.count
        add(
            #"{"choices":[],"usage":{"prompt_tokens":\#(read),"completion_tokens":\#(written)}}"#,
            says: ReplyUsage(input: read, output: written))
        add("[DONE]")
    }

    private mutating func addResponses(_ words: Int, _ read: Int64, _ written: Int64) {
        add(#"{"type":"response.created","response":{"id":"r"}}"#)
        for _ in 0..<words { add(#"{"type":"response.output_text.delta","delta":"word"}"#) }
        add(
            #"{"type":"response.completed","response":{"status":"completed","#
                + #""usage":{"input_tokens":\#(read),"output_tokens":\#(written)}}}"#,
            says: ReplyUsage(input: read, output: written))
    }

    private mutating func addMessages(_ words: Int, _ read: Int64, _ written: Int64) {
        add(
            #"{"type":"message_start","message":{"usage":{"input_tokens":\#(read),"output_tokens":1}}}"#,
            says: ReplyUsage(input: read, output: 1))
        for _ in 0..<words { add(#"{"type":"content_block_delta","delta":{"text":"word"}}"#) }
        add(
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":\#(written)}}"#,
            says: ReplyUsage(input: read, output: written))
        add(#"{"type":"message_stop"}"#)
    }
}

import SidestepProtocol

/// Looks at an answer as it passes: how much of it may be handed on, whether it is whole, and what it used.
///
/// It says what may be released so that a client never has the end of an answer before that is recorded.
public struct ReplyObserver: Sendable {
    /// Bytes fed so far.
    public private(set) var count = 0
    /// Bytes of those that a client may have before the answer is recorded.
    public private(set) var releasable = 0
    /// Where each event of a stream ends: bytes from the start.
    public private(set) var splits: [Int] = []
    /// What carried the usage that was asked for in the client's place: not to be handed on to it.
    public private(set) var injected: [Range<Int>] = []
    /// What was read so far.
    public var facts: ReplyFacts { reader.facts }
    /// What the provider says went wrong.
    public var failure: String? { reader.failure }

    /// Whether nothing more is to come of an answer over a WebSocket, which has no end of its own.
    public var hasEnded: Bool { reader.failure != nil || reader.isWhole(endedWell: false) }

    private var reader: any ReplyReader
    /// nil as long as nothing says it.
    private var form: Form?
    private let isError: Bool
    private let isInjected: Bool
    private var events = EventParser()
    /// A body that is looked at when it is there.
    private var body: [UInt8] = []
    private var isHeld = false
    /// Whether a body is not what its type says.
    private var isBroken = false

    private enum Form {
        case events, json, bytes
    }

    /// - Parameters:
    ///   - contentType: of the answer; without one its first byte tells. Frames of a WebSocket have none.
    ///   - isInjected: whether usage was asked for in the client's place (`UsageInjection`).
    public init(api: API, status: Int, contentType: String?, isInjected: Bool = false) {
        reader = Self.reader(of: api)
        form = contentType.map(Self.form) ?? (reader is PlainReply ? .bytes : nil)
        isError = !(200..<300).contains(status)
        self.isInjected = isInjected
    }

    /// Takes the next bytes of a body.
    public mutating func feed(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        if !isError { look(at: bytes) }
        count += bytes.count
        if isError { releasable = count }
    }

    /// Takes the next frame of a WebSocket.
    ///
    /// - Parameter value: what is in it; nil where that is no JSON.
    public mutating func feed(frame: [UInt8], _ value: RawJSON?) {
        let event = ServerEvent(type: "", data: frame, range: count..<(count + frame.count), hasData: true)
        count += frame.count
        take(event, value)
    }

    /// The answer has ended; says whether it is a result.
    ///
    /// - Parameter endedWell: whether the connection says that this was all: the last chunk, or as many bytes as
    ///   were announced.
    public mutating func finish(endedWell: Bool) -> ReplyEnd {
        if isError { return .failed("The provider answered with an error.") }
        switch form {
        case .events: finishEvents(endedWell: endedWell)
        case .json: finishJSON(endedWell: endedWell)
        case .bytes, nil: break
        }
        if let failure { return .failed(failure) }
        return !isBroken && reader.isWhole(endedWell: endedWell) ? .complete : .incomplete
    }

    /// What the call used: as the provider says, or about as much as its bytes hold.
    ///
    /// - Parameter requestBytes: bytes of the request's body.
    public func usage(requestBytes: Int) -> (usage: ReplyUsage, isReported: Bool) {
        if let usage = facts.usage { return (usage, true) }
        let text = max(facts.textBytes, form == .json && facts.textBytes == 0 ? body.count : 0)
        return (ReplyUsage(input: Tokens.estimated(requestBytes), output: Tokens.estimated(text)), false)
    }

    private mutating func look(at bytes: [UInt8]) {
        if form == nil, let first = bytes.first(where: { !Self.whiteSpace.contains($0) }) {
            form = [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(first) ? .json : .events
        }
        switch form {
        case .events:
            var completed: [ServerEvent] = []
            events.feed(bytes[...]) { completed.append($0) }
            for event in completed { take(event, Self.value(of: event)) }
        case .json:
            body += bytes
            hold(lastOf: bytes)
        case nil: break
        case .bytes: releasable = max(releasable, count + bytes.count - 1)
        }
    }

    private static func value(of event: ServerEvent) -> RawJSON? { try? RawJSON(parsing: event.data) }

    private mutating func take(_ event: ServerEvent, _ value: RawJSON?) {
        splits.append(event.range.upperBound)
        guard reader.failure == nil else { return releasable = event.range.upperBound }
        read(event, value)
        if reader.failure != nil {
            releasable = event.range.upperBound
        } else if !reader.mayBeEnd {
            releasable = event.range.upperBound
            isHeld = false
        } else if reader is PlainReply || !isHeld {
            releasable = event.range.lowerBound
            isHeld = true
        }
    }

    private mutating func read(_ event: ServerEvent, _ value: RawJSON?) {
        if event.data.elementsEqual("[DONE]".utf8) { return reader.takeDone() }
        guard let value, value.kind == .object else { return }
        let bytes = reader.facts.textBytes
        let finish = reader.facts.finish
        reader.take(value, type: event.type)
        let isEmpty = reader.facts.textBytes == bytes && reader.facts.finish == finish
        if isInjected, isEmpty, value.value("usage") != nil { injected.append(event.range) }
    }

    private static let whiteSpace: [UInt8] = [0x20, 0x0A, 0x0D, 0x09]

    /// Holds the last byte that is no white space: what follows it says nothing.
    private mutating func hold(lastOf bytes: [UInt8]) {
        guard let last = bytes.lastIndex(where: { !Self.whiteSpace.contains($0) }) else { return }
        releasable = count + last
    }

    private mutating func finishEvents(endedWell: Bool) {
        var completed: [ServerEvent] = []
        // What was cut off in the middle of an event is no event.
        if endedWell { events.finish { completed.append($0) } }
        for event in completed { take(event, Self.value(of: event)) }
    }

    private mutating func finishJSON(endedWell: Bool) {
        guard endedWell, let value = try? RawJSON(parsing: body, depth: 20_000) else {
            return isBroken = true
        }
        reader.take(whole: value)
    }

    private static func form(of contentType: String) -> Form {
        let type = HeaderText.trimmed(contentType.prefix { $0 != ";" }).lowercased()
        if type == "text/event-stream" { return .events }
        return type == "application/json" || type.hasSuffix("+json") ? .json : .bytes
    }

    private static func reader(of api: API) -> any ReplyReader {
        switch api {
        case .chat, .completions: ChatReply()
        case .responses: ResponsesReply()
        case .messages: MessagesReply()
        case .gemini: GeminiReply()
        case .interactions: InteractionsReply()
        case .countTokens, .embeddings, .images, .audio, .moderations, .rerank, .files, .opaque: PlainReply()
        }
    }
}

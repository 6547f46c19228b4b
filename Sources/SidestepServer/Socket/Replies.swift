import SidestepModel
import SidestepProtocol

/// Where the reply of one item of a line goes.
enum ReplyPlace {
    /// Out at once: it is all that the line asks for, which holds so many bytes until then.
    case ofLine(Session, bytes: Int)
    /// Together with the others.
    case ofBatch(BatchReplies)

    /// Settles the item with its reply, or with nil for a notification.
    func settle(_ reply: [UInt8]?) {
        switch self {
        case .ofBatch(let replies): replies.settle(reply)
        case .ofLine(let session, let bytes):
            session.hold(-bytes)
            if let reply { session.send(reply) }
        }
    }

    /// Settles a request.
    func settle(_ id: RawJSON?, _ outcome: Result<[UInt8], RPCError>) {
        guard let id else { return settle(nil) }
        switch outcome {
        case .failure(let error): settle(ReplyText.failure(id: id, error))
        case .success(let json):
            switch self {
            case .ofBatch(let replies): replies.settle(id, json)
            case .ofLine(let session, let bytes) where json.count > ReplyText.smallBytes:
                session.hold(-bytes)
                session.send(pieces: ReplyText.pieces(id: id, json))
            case .ofLine: settle(ReplyText.success(id: id, json))
            }
        }
    }
}

/// The replies of a batch: they leave when the last of them is there.
final class BatchReplies {
    private let session: Session
    private let lineBytes: Int
    private let limit: Int
    private var missing: Int
    private var replies: [[UInt8]] = []
    private var replyBytes = 0

    /// - Parameters:
    ///   - count: the items of the line, notifications included.
    ///   - lineBytes: what the line holds in memory until its last item is settled.
    ///   - limit: bytes of the replies, all together.
    init(_ session: Session, count: Int, lineBytes: Int, limit: Int) {
        self.session = session
        self.lineBytes = lineBytes
        self.limit = limit
        missing = count
    }

    /// Settles one item with its reply, or with nil for a notification.
    func settle(_ reply: [UInt8]?) {
        precondition(missing > 0, "an item of a line was settled twice")
        missing -= 1
        if missing == 0 { session.hold(-lineBytes - replyBytes) }
        if let reply { keep(reply) }
        if missing == 0, !replies.isEmpty { session.send(pieces: joined()) }
    }

    /// Settles a request with its result.
    func settle(_ id: RawJSON, _ json: [UInt8]) {
        let isTooMuch = replyBytes + json.count > limit
        settle(isTooMuch ? ReplyText.failure(id: id, tooMuch) : ReplyText.success(id: id, json))
    }

    /// Replies of a batch leave together, so they are held until the last one is there.
    private func keep(_ reply: [UInt8]) {
        replies.append(reply)
        if missing == 0 { return }
        replyBytes += reply.count
        session.hold(reply.count)
    }

    private var tooMuch: RPCError {
        .overLimit(
            .limitExceeded, "outbound_bytes", limit,
            "The replies of the batch are longer than a reader may have queued; what was asked for was done.")
    }

    /// Short replies are copied together, long ones stay as they are.
    private func joined() -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var text: [UInt8] = [UInt8(ascii: "[")]
        for (index, reply) in replies.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            guard reply.count > Self.copiedBytes else {
                text += reply.dropLast()
                continue
            }
            pieces += [text[...], reply.dropLast()]
            text = []
        }
        return pieces + [(text + [UInt8(ascii: "]"), UInt8(ascii: "\n")])[...]]
    }

    private static let copiedBytes = 4 << 10
}

/// The text of a reply, its newline included.
enum ReplyText {
    /// Longer results are sent as they are, with the rest of the reply around them.
    static let smallBytes = 64 << 10

    private static let opening = Array(#"{"jsonrpc":"2.0","id":"#.utf8)
    private static let result = Array(#","result":"#.utf8)
    private static let closing = Array("}\n".utf8)

    static func success(id: RawJSON, _ json: [UInt8]) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(opening.count + id.bytes.count + result.count + json.count + closing.count)
        line += opening
        line += id.bytes
        line += result
        line += json
        line += closing
        return line
    }

    /// The same without a copy of the result.
    static func pieces(id: RawJSON, _ json: [UInt8]) -> [ArraySlice<UInt8>] {
        [(opening + id.bytes + result)[...], json[...], closing[...]]
    }

    static func failure(id: RawJSON, _ error: RPCError) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.response(id: id, .failure(error))
        writer.newline()
        return writer.bytes
    }
}

extension RPCError {
    /// An engine's failure as the wire shows it.
    init(_ failure: Failure) {
        self.init(failure.kind, failure.message, hint: failure.hint) { writer in
            writer.member("run", failure.run)
            writer.member("step", failure.step)
            writer.member("limit", failure.limit)
            writer.owner("owner", failure.owner)
            writer.member("retry_after_ms", failure.retryAfterMilliseconds)
            writer.member("which", failure.which)
            writer.member("reason", failure.reason?.rawValue)
            writer.member("expected", failure.expected)
            writer.member("actual", failure.actual)
            writer.member("attempt", failure.attempt)
            writer.member("failure", failure.failure.map(RawJSON.init(validated:)))
            writer.member("output", failure.output.map(RawJSON.init(validated:)))
        }
    }
}

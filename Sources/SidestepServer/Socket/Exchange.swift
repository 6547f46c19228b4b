import SidestepModel
import SidestepProtocol

/// Where the replies of one line go: out at once, or together when a batch is complete.
final class Exchange {
    private let session: Session
    private let isBatch: Bool
    private var missing: Int
    private var replies: [[UInt8]] = []

    /// - Parameter count: the items of the line, notifications included.
    init(_ session: Session, count: Int, isBatch: Bool) {
        self.session = session
        self.isBatch = isBatch
        missing = count
    }

    /// Settles one item with its reply, or with nil for a notification.
    func settle(_ reply: [UInt8]?) {
        precondition(missing > 0, "an item of a line was settled twice")
        missing -= 1
        guard isBatch else {
            if let reply { session.send(reply) }
            return
        }
        if let reply { replies.append(reply) }
        if missing == 0, !replies.isEmpty { session.send(Self.joined(replies)) }
    }

    private static func joined(_ replies: [[UInt8]]) -> [UInt8] {
        var line: [UInt8] = [UInt8(ascii: "[")]
        for (index, reply) in replies.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            line += reply.dropLast()
        }
        return line + [UInt8(ascii: "]"), UInt8(ascii: "\n")]
    }
}

/// The text of a reply, its newline included.
enum ReplyText {
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

    static func outcome(id: RawJSON, _ outcome: Result<[UInt8], RPCError>) -> [UInt8] {
        switch outcome {
        case .success(let json): success(id: id, json)
        case .failure(let error): failure(id: id, error)
        }
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

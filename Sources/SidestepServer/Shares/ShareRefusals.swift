import Logging
import SidestepEngine
import SidestepModel
import SidestepProtocol

/// What who has too much already is told: whose limit it is, and what helps.
extension SocketServer {
    /// The error for a caller who is told outside of any call; the log has it, too.
    func refuse(_ refusal: ShareRule.Refusal, _ peer: Peer) -> RPCError {
        let error = refused(refusal, peer)
        tell(error, nil, peer)
        return error
    }

    /// The error for a caller.
    func refused(_ refusal: ShareRule.Refusal, _ peer: Peer) -> RPCError {
        let isConnection = refusal.limit.hasSuffix("connections") || refusal.limit.hasSuffix("watches")
        return RPCError(
            isConnection ? .limitExceeded : .overloaded, message(refusal, peer), hint: hint(refusal)
        ) { writer in
            writer.member("limit", refusal.limit)
            if !isConnection { writer.member("retry_after_ms", Self.retryMilliseconds) }
        }
    }

    /// Replies leave and are read in less; who waits for others is asked to wait no longer.
    private static let retryMilliseconds: Int64 = 100

    private func message(_ refusal: ShareRule.Refusal, _ peer: Peer) -> String {
        switch refusal {
        case .ofUser(let limit, let value):
            "the user \(peer.uid) has used up its share of the daemon: \(limit) is \(value)"
        case .ofAll(let limit, let value):
            "all users together are at the daemon's limit: \(limit) is \(value)"
        }
    }

    private func hint(_ refusal: ShareRule.Refusal) -> String {
        let limit = "`limits.\(refusal.limit)` in the daemon's configuration sets another limit."
        return switch refusal.limit {
        case "connections", "user_connections": "Close connections that are not needed. \(limit)"
        case "user_watches": "End watches that are not needed. \(limit)"
        case "user_requests_in_flight": "Wait for replies before sending more. \(limit)"
        default: "Read the replies that wait, or send less at a time; then send the call again. \(limit)"
        }
    }
}

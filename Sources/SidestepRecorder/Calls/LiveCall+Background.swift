import SidestepProtocol
import SidestepRecording

/// A call whose answer is made in the background.
extension LiveCall {
    /// Writes down under which id the provider makes the answer, once it says so.
    func noteReply() {
        guard reply == nil, BackgroundReply.answers(recorded, api: endpoint.api), let number,
            let id = observer?.facts.identifier
        else { return }
        let found = BackgroundReply(recording: number, id: id, nonce: nonce)
        reply = found
        core.ledger.keep(found)
    }

    /// What is sent for it: what the agent asked, or a read of the answer that there is already.
    var outgoing: AgentRequest {
        guard isFetched, let target = reply?.target(of: request.target) else { return request }
        let headers = request.headers.filter { header in
            let name = header.name.lowercased()
            return !name.hasPrefix("content-") && !name.hasPrefix("sec-websocket-")
        }
        return AgentRequest(
            method: "GET", upstream: request.upstream, target: target, headers: headers, body: [])
    }

    /// Whether events are read over HTTP that the agent wants as frames of its WebSocket.
    func readsFrames(_ head: ReplyHead) -> Bool {
        isFetched && request.socket != nil && (200..<300).contains(head.status)
    }

    /// Takes events that are read as the frames that they would have been.
    func takeFrames(_ bytes: [UInt8]) {
        events.feed(bytes[...]) { event in
            take(frame: event.data, try? RawJSON(parsing: event.data, depth: 20_000))
        }
    }
}

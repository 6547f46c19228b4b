import SidestepProtocol

/// What a daemon says on a connection, its errors as it wrote them.
package enum DaemonMessage: Sendable {
    /// The answer to a call; nil for a line that the daemon could not read, whose number it does not know.
    case answer(id: Int?, Result<RawJSON, RPCError>)
    /// A notification with its parameters.
    case told(method: String, params: RawJSON)

    /// Reads one line; nil for what no client understands.
    init?(line: ArraySlice<UInt8>) {
        guard case .single(let item) = FrameParser.parse(line, limits: Incoming.limits) else { return nil }
        switch item {
        case .response(let response): self = .answer(id: response.id.int, response.outcome)
        case .request(let request) where request.id == nil:
            self = .told(method: request.method, params: request.params ?? .emptyObject)
        default: return nil
        }
    }
}

extension BlockingConnection {
    /// Reads what has come, and waits when nothing has: all messages that are whole by now. Nil when the daemon has
    /// closed the connection.
    package func nextMessages() throws -> [DaemonMessage]? {
        do { guard try lines.hasLine || lines.readMore() else { return nil } } catch { throw lost(error) }
        var messages: [DaemonMessage] = []
        while let line = lines.buffered() {
            if let message = DaemonMessage(line: line) { messages.append(message) }
        }
        return messages
    }
}

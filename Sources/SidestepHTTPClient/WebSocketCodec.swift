/// One whole message of a WebSocket, or a control frame: RFC 6455.
package enum WebSocketMessage: Sendable, Equatable {
    /// A text, its frames joined.
    case text([UInt8])
    /// Bytes.
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    /// The other side ends it, with its status and reason.
    case close([UInt8])
}

/// Reads and writes the frames of a WebSocket.
package struct WebSocketCodec: Sendable {
    /// What breaks the rules of RFC 6455, or the limit: the connection ends with this status.
    package struct Violation: Error, Sendable, Equatable {
        /// 1002 for a frame that may not be, 1009 for a message that is too long.
        package let status: UInt16
    }

    /// Bytes of a message at most.
    private let limit: Int
    /// Whether frames that come are masked: those of a client are.
    private let expectsMask: Bool
    private var bytes: [UInt8] = []
    /// Of a message that has begun and not ended.
    private var message: (isText: Bool, payload: [UInt8])?

    package init(readsClient: Bool, limit: Int) { (expectsMask, self.limit) = (readsClient, limit) }

    /// Takes what came; answers the messages that it completes.
    package mutating func feed(_ new: some Collection<UInt8>) throws(Violation) -> [WebSocketMessage] {
        bytes += new
        var found: [WebSocketMessage] = []
        var start = 0
        while let frame = try Frame(bytes[start...], expectsMask: expectsMask, limit: limit) {
            start = frame.end
            if let message = try take(frame) { found.append(message) }
        }
        bytes.removeFirst(start)
        return found
    }

    private mutating func take(_ frame: Frame) throws(Violation) -> WebSocketMessage? {
        switch frame.opcode {
        case 8: return .close(frame.payload)
        case 9: return .ping(frame.payload)
        case 10: return .pong(frame.payload)
        case 0:
            guard message != nil else { throw Violation(status: 1002) }
            message!.payload += frame.payload
        case 1, 2:
            guard message == nil else { throw Violation(status: 1002) }
            message = (frame.opcode == 1, frame.payload)
        default: throw Violation(status: 1002)
        }
        guard message!.payload.count <= limit else { throw Violation(status: 1009) }
        guard frame.isLast, let whole = message.take() else { return nil }
        return whole.isText ? .text(whole.payload) : .binary(whole.payload)
    }

    /// A frame of a whole message.
    ///
    /// - Parameter mask: four bytes that nobody can guess, for what a client sends; nil for a server.
    package static func frame(_ message: WebSocketMessage, mask: [UInt8]? = nil) -> [UInt8] {
        let (opcode, payload) = parts(message)
        var frame: [UInt8] = [0x80 | opcode]
        let bit: UInt8 = mask == nil ? 0 : 0x80
        switch payload.count {
        case ..<126: frame.append(bit | UInt8(payload.count))
        case ..<65536: frame += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            frame.append(bit | 127)
            frame += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        guard let mask else { return frame + payload }
        frame += mask
        frame.reserveCapacity(frame.count + payload.count)
        for (place, byte) in payload.enumerated() { frame.append(byte ^ mask[place & 3]) }
        return frame
    }

    private static func parts(_ message: WebSocketMessage) -> (UInt8, [UInt8]) {
        switch message {
        case .text(let payload): (1, payload)
        case .binary(let payload): (2, payload)
        case .close(let payload): (8, payload)
        case .ping(let payload): (9, payload)
        case .pong(let payload): (10, payload)
        }
    }

    /// The payload of a close: a status and why.
    package static func close(_ status: UInt16, _ reason: String = "") -> WebSocketMessage {
        .close([UInt8(status >> 8), UInt8(status & 0xFF)] + reason.utf8.prefix(120))
    }
}

/// One frame.
private struct Frame {
    let opcode: UInt8
    let isLast: Bool
    let payload: [UInt8]
    /// Where the next one begins.
    let end: Int

    /// nil while it is not whole.
    init?(_ bytes: ArraySlice<UInt8>, expectsMask: Bool, limit: Int) throws(WebSocketCodec.Violation) {
        guard bytes.count >= 2 else { return nil }
        let (first, second) = (bytes[bytes.startIndex], bytes[bytes.startIndex + 1])
        (opcode, isLast) = (first & 0x0F, first & 0x80 != 0)
        let isControl = opcode >= 8
        guard first & 0x70 == 0, (second & 0x80 != 0) == expectsMask,
            !isControl || (isLast && second & 0x7F < 126)
        else { throw WebSocketCodec.Violation(status: 1002) }
        var place = bytes.startIndex + 2
        let width = second & 0x7F == 126 ? 2 : second & 0x7F == 127 ? 8 : 0
        guard bytes.endIndex - place >= width else { return nil }
        var length = UInt64(second & 0x7F)
        if width > 0 { length = bytes[place..<(place + width)].reduce(0) { $0 << 8 | UInt64($1) } }
        place += width
        guard length <= UInt64(limit) else { throw WebSocketCodec.Violation(status: 1009) }
        let mask = expectsMask ? Array(bytes[place...].prefix(4)) : []
        guard mask.count == (expectsMask ? 4 : 0) else { return nil }
        place += mask.count
        guard bytes.endIndex - place >= Int(length) else { return nil }
        end = place + Int(length)
        let body = bytes[place..<end]
        payload = mask.isEmpty ? Array(body) : body.enumerated().map { $1 ^ mask[$0 & 3] }
    }
}

import Crypto

/// What a server of WebSockets answers to a client's key: RFC 6455 §4.2.2.
public enum HandshakeHash {
    /// The value of `Sec-WebSocket-Accept`, before it is written in base64: 20 bytes.
    public static func accept(_ key: String) -> [UInt8] {
        let text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        return Array(Insecure.SHA1.hash(data: Array(text.utf8)))
    }
}

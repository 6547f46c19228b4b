import SidestepHash
import SidestepProtocol

/// The request by which a connection becomes a WebSocket, and the answer to it: RFC 6455 §4.1.
struct WebSocketHandshake {
    /// The server's answer.
    struct Answer {
        let status: Int
        let headers: [(name: String, value: String)]
        /// What came behind the head.
        let rest: [UInt8]
        let isAccepted: Bool
    }

    /// What is sent.
    let bytes: [UInt8]
    private let key: String

    init(_ request: HTTPRequest) {
        key = Base64.encode((0..<16).map { _ in UInt8.random(in: 0...255) })
        let usual = request.url.port == (request.url.scheme == "https" ? "443" : "80")
        let host = usual ? request.url.host : "\(request.url.host):\(request.url.port)"
        let target = request.url.text.dropFirst(request.url.scheme.count + 3).drop { $0 != "/" && $0 != "?" }
        var bytes = Array(
            ("GET \(target.hasPrefix("/") ? "" : "/")\(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: \(key)\r\n").utf8)
        for header in request.headers {
            bytes += Array("\(header.name): ".utf8)
            header.value.withUnsafeBytes { bytes += $0 }
            bytes += [0x0D, 0x0A]
        }
        self.bytes = bytes + [0x0D, 0x0A]
    }

    /// The answer, once its head is whole.
    func answer(in bytes: [UInt8]) -> Answer? {
        guard let end = Self.end(of: bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let headers: [(name: String, value: String)] = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            return (String(line[..<colon]), String(value))
        }
        let accept = headers.first { $0.name.lowercased() == "sec-websocket-accept" }?.value
        return Answer(
            status: status, headers: headers, rest: Array(bytes[(end + 4)...]),
            isAccepted: status == 101 && accept == Base64.encode(HandshakeHash.accept(key)))
    }

    private static func end(of bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { Array(bytes[$0..<($0 + 4)]) == [13, 10, 13, 10] }
    }
}

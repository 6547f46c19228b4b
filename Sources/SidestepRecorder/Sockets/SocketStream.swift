import Sidestep
import SidestepHTTPClient
import SidestepProtocol
import SidestepRecording

/// The answer to one `response.create`, as its WebSocket takes it: a message for each event.
final class SocketStream: Receiver {
    private unowned let socket: AgentSocket
    /// The `stream_id` of the request.
    private let name: String?
    var delivery: Delivery?
    private var status = 200

    init(_ socket: AgentSocket, _ name: String?) { (self.socket, self.name) = (socket, name) }

    let takesWholeEvents = true
    var hasClosed: Bool { socket.hasClosed }
    var isWritable: Bool { socket.isWritable }

    func begin(_ status: Int, _ headers: MessageHeaders.List) { self.status = status }

    func write(_ bytes: [UInt8]) {
        // The provider refused the connection itself: what it said of that is no event.
        if !(200..<300).contains(status) {
            return fail(status, "http_\(status)", String(decoding: bytes, as: UTF8.self))
        }
        socket.write(.text(named(bytes)))
    }

    func flush() { socket.flush() }

    func end() { finish() }

    /// Other answers of the connection may be whole: but nothing else tells that this one is not.
    func abort() {
        finish()
        socket.close(1011, "the answer broke off")
    }

    func answer(_ rejection: Rejection) {
        fail(rejection.reason.status, rejection.reason.code, rejection.message)
        finish()
    }

    private func finish() {
        socket.flush()
        delivery = nil
        socket.ended(self)
    }

    private func fail(_ status: Int, _ code: String, _ message: String) {
        let event = RawJSON.object { writer in
            writer.member("type", "error")
            writer.member("status", status)
            writer.member("stream_id", name)
            writer.object("error") { writer in
                writer.member("type", status < 500 ? "invalid_request_error" : "server_error")
                writer.member("code", code)
                writer.member("message", message)
            }
        }
        socket.write(.text(Array(event.bytes)))
    }

    /// An event of a recording bears the stream of whoever asked first.
    private func named(_ bytes: [UInt8]) -> [UInt8] {
        guard let name, let event = try? RawJSON(parsing: bytes, depth: 20_000), event.kind == .object else {
            return bytes
        }
        let there = event["stream_id"]
        guard there?.string != name else { return bytes }
        let text = RawJSON.object { $0.member("stream_id", name) }.bytes.dropFirst().dropLast()
        guard let there else {
            let start = bytes.firstIndex(of: UInt8(ascii: "{")).map { $0 + 1 } ?? 1
            return Array(bytes[..<start] + text + [UInt8(ascii: ",")] + bytes[start...])
        }
        let value = RawJSON.object { $0.member("stream_id", name) }["stream_id"]?.bytes ?? []
        return Array(bytes[..<there.bytes.startIndex] + value + bytes[there.bytes.endIndex...])
    }
}

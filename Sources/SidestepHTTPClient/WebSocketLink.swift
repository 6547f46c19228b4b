import CCurl
import CCurlShims
import CShims
import Glibc
import NIOConcurrencyHelpers
import SidestepHost
import SidestepModel

/// A connection to a server of WebSockets, on a thread of its own: libcurl makes it, through proxy and TLS as the
/// rules say, and what goes over it is ours (libcurl 7.88 speaks no WebSocket).
package final class WebSocketLink: Sendable {
    /// What is heard of it, on its thread.
    package enum Event: Sendable {
        /// The server speaks it.
        case opened
        /// A message, in the order in which they came.
        case message(WebSocketMessage)
        /// The server answered otherwise: status, headers, and what came of the body.
        case refused(Int, [(name: String, value: String)], [UInt8])
        /// It has ended; the last event.
        case closed(HTTPFailure?)
    }

    private struct Queue {
        var outgoing: [WebSocketMessage] = []
        var isClosed = false
    }

    private let queue = NIOLockedValueBox(Queue())
    private let bell: Int32

    /// Begins to connect.
    ///
    /// - Parameters:
    ///   - request: whose URL is one of http or https; its headers go with the handshake.
    ///   - limit: bytes of a message at most.
    package init(_ request: HTTPRequest, limit: Int, _ hear: @escaping @Sendable (Event) -> Void) {
        bell = shim_eventfd()
        do {
            _ = try WorkerThread("websocket") { [self] in
                let work = WebSocketWork(request, limit: limit, bell: bell, hear)
                work.run {
                    self.queue.withLockedValue { queue in
                        defer { queue.outgoing = [] }
                        return (queue.outgoing, queue.isClosed)
                    }
                }
            }
        } catch {
            hear(.closed(.transport(error.message)))
        }
    }

    deinit { if bell >= 0 { Glibc.close(bell) } }

    /// Sends a message when those before it are sent.
    package func send(_ message: WebSocketMessage) {
        queue.withLockedValue { $0.outgoing.append(message) }
        ring()
    }

    /// Ends it.
    package func close() {
        queue.withLockedValue { $0.isClosed = true }
        ring()
    }

    private func ring() {
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
    }
}

/// The thread's part of a link.
private final class WebSocketWork {
    private let request: HTTPRequest
    private let bell: Int32
    private let hear: @Sendable (WebSocketLink.Event) -> Void
    private let handshake: WebSocketHandshake
    private var codec: WebSocketCodec
    private var socket: Int32 = -1
    private var outgoing: [UInt8] = []
    private var isOpen = false

    init(
        _ request: HTTPRequest, limit: Int, bell: Int32,
        _ hear: @escaping @Sendable (WebSocketLink.Event) -> Void
    ) {
        (self.request, self.bell, self.hear) = (request, bell, hear)
        codec = WebSocketCodec(readsClient: false, limit: limit)
        handshake = WebSocketHandshake(request)
    }

    func run(_ fetch: () -> ([WebSocketMessage], Bool)) {
        guard HTTPThread.isLoaded, let exchange = HTTPExchange(request, { _ in {} }) else {
            return hear(.closed(.transport("libcurl (libcurl.so.4) is not installed on this host")))
        }
        // By HTTP/1.1 alone, and through a proxy as through a tunnel.
        shim_curl_set_long(exchange.handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        shim_curl_set_long(exchange.handle, CURLOPT_HTTPPROXYTUNNEL, 1)
        shim_curl_set_long(exchange.handle, CURLOPT_TCP_KEEPALIVE, 1)
        let code = shim_curl_connect(exchange.handle, &socket)
        guard code == CURLE_OK else { return hear(.closed(exchange.failure(code))) }
        outgoing = handshake.bytes
        hear(.closed(loop(exchange.handle, fetch)))
    }

    /// Reads and writes until it ends; answers why, or nil for an end that both sides agreed on.
    private func loop(
        _ handle: UnsafeMutableRawPointer, _ fetch: () -> ([WebSocketMessage], Bool)
    ) -> HTTPFailure? {
        var head: [UInt8] = []
        while true {
            let (messages, isClosed) = fetch()
            if isClosed { return nil }
            for message in messages { waiting.append(message) }
            if isOpen { flushWaiting() }
            guard write(handle) else { return .transport("the connection broke off") }
            switch read(handle) {
            case .none: return .transport("the server closed the connection")
            case .some(let bytes) where isOpen:
                if let end = take(bytes) { return end.failure }
            case .some(let bytes):
                head += bytes
                if let end = takeHead(&head) { return end.failure }
            }
            wait()
        }
    }

    private struct End { let failure: HTTPFailure? }

    /// Messages that wait for the handshake.
    private var waiting: [WebSocketMessage] = []

    private func flushWaiting() {
        for message in waiting { outgoing += WebSocketCodec.frame(message, mask: Self.mask()) }
        waiting = []
    }

    private static func mask() -> [UInt8] { (0..<4).map { _ in UInt8.random(in: 0...255) } }

    private func takeHead(_ head: inout [UInt8]) -> End? {
        guard let answer = handshake.answer(in: head) else {
            return head.count > 65_536 ? End(failure: .transport("the server's answer is no HTTP")) : nil
        }
        guard answer.isAccepted else {
            hear(.refused(answer.status, answer.headers, answer.rest))
            return End(failure: nil)
        }
        isOpen = true
        hear(.opened)
        flushWaiting()
        return take(answer.rest)
    }

    private func take(_ bytes: [UInt8]) -> End? {
        do throws(WebSocketCodec.Violation) {
            for message in try codec.feed(bytes) {
                switch message {
                case .ping(let payload): outgoing += WebSocketCodec.frame(.pong(payload), mask: Self.mask())
                case .pong: break
                case .close: return End(failure: nil)
                case .text, .binary: hear(.message(message))
                }
            }
            return nil
        } catch {
            return End(failure: .transport("the server breaks the rules of WebSockets (\(error.status))"))
        }
    }

    /// False when the connection is gone.
    private func write(_ handle: UnsafeMutableRawPointer) -> Bool {
        while !outgoing.isEmpty {
            var sent = 0
            let code = outgoing.withUnsafeBytes { shim_curl_send(handle, $0.baseAddress, $0.count, &sent) }
            if code == CURLE_AGAIN { return true }
            guard code == CURLE_OK else { return false }
            outgoing.removeFirst(sent)
        }
        return true
    }

    /// What is there; nil at the end of the connection.
    private func read(_ handle: UnsafeMutableRawPointer) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var count = 0
            let code = shim_curl_receive(handle, &chunk, chunk.count, &count)
            if code == CURLE_AGAIN { return bytes }
            guard code == CURLE_OK, count > 0 else { return bytes.isEmpty ? nil : bytes }
            bytes += chunk[..<count]
        }
    }

    private func wait() {
        let wanted = Int16(POLLIN) | (outgoing.isEmpty ? 0 : Int16(POLLOUT))
        var polled = [
            pollfd(fd: socket, events: wanted, revents: 0),
            pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&polled, 2, -1) > 0, polled[1].revents != 0 else { return }
        var count: UInt64 = 0
        _ = Glibc.read(bell, &count, 8)
    }
}

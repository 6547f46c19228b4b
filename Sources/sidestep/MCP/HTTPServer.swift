import Glibc
import Sidestep
import SidestepHTTPClient
import SidestepProtocol
import SidestepRecording
import Synchronization

/// A server that is reached over streamable HTTP: each line is a request, each message of an answer a line.
///
/// Of both eras of the protocol: with a session and a stream for what the server says unasked, or with headers
/// that repeat what a message says.
final class HTTPServer: ToolServer {
    private enum News: Sendable {
        case head(Int, [(name: String, value: String)])
        case bytes([UInt8])
        case ended(String?)
    }

    /// What the driver's thread tells the loop.
    private final class Inbox: Sendable {
        private let news = Mutex<[(Int, News)]>([])

        func put(_ number: Int, _ item: News) {
            news.withLock { $0.append((number, item)) }
            SignalRelay.wake()
        }

        func takeAll() -> [(Int, News)] {
            news.withLock { all in
                defer { all = [] }
                return all
            }
        }
    }

    private let url: String
    private let headers: [(name: String, value: String)]
    private let driver = HTTPDriver()
    private let inbox = Inbox()
    private var exchanges: [Int: HTTPExchange] = [:]
    private var count = 0
    private var session: String?
    private var version: String?
    /// Lines behind a notification that the server has not taken yet: it comes before them.
    private var waiting: [[UInt8]] = []
    private var blocking: Int?
    /// When the server's own stream is opened again.
    private(set) var due: ContinuousClock.Instant?
    private var isClosing = false
    private var isLeft = false

    init(_ url: String, headers: [(name: String, value: String)]) {
        (self.url, self.headers) = (url, headers)
    }

    let isFull = false
    let polled: [pollfd] = []
    var isOver: Bool { (isLeft && exchanges.values.allSatisfy(\.isStream)) || SignalRelay.received != nil }

    func end() throws -> Int32 {
        driver.close()
        return SignalRelay.received.map { 128 + $0 } ?? 0
    }

    func close() {
        isClosing = true
        leave()
    }

    /// Ends the session, once all that was asked is answered.
    private func leave() {
        guard isClosing, !isLeft, waiting.isEmpty, exchanges.values.allSatisfy(\.isStream) else { return }
        isLeft = true
        due = nil
        if session != nil { start("DELETE", HTTPExchange([])) }
    }

    func send(_ line: [UInt8]) {
        guard blocking == nil else { return waiting.append(line) }
        let exchange = HTTPExchange(line)
        start("POST", exchange, body: line)
        if exchange.head.id == nil { blocking = count }
    }

    func turn(_ polled: ArraySlice<pollfd>, isWanted: Bool, _ take: ([UInt8]) throws -> Void) throws {
        for (number, news) in inbox.takeAll() {
            guard let exchange = exchanges[number] else { continue }
            switch news {
            case .head(let status, let headers): note(exchange, status, headers)
            case .bytes(let bytes): try exchange.take(bytes).forEach(take)
            case .ended(let problem):
                exchanges[number] = nil
                try finish(exchange, problem).forEach(take)
                if blocking == number { unblock() }
            }
        }
        if let due, due <= .now { listen() }
        leave()
    }

    private func unblock() {
        blocking = nil
        let lines = waiting
        waiting = []
        for line in lines { send(line) }
    }

    private func note(_ exchange: HTTPExchange, _ status: Int, _ headers: [(name: String, value: String)]) {
        exchange.note(status, headers)
        if exchange.head.method == "initialize", let id = exchange.header("mcp-session-id") { session = id }
    }

    private func finish(_ exchange: HTTPExchange, _ problem: String?) -> [[UInt8]] {
        let lines = exchange.finish(problem)
        if let agreed = exchange.agreedVersion { version = agreed }
        let isWell = problem == nil && exchange.status == 200
        if exchange.isStream, isWell, !isClosing { due = .now + .seconds(1) }
        if exchange.head.method == "notifications/initialized", session != nil { listen() }
        return lines
    }

    /// Opens the stream for what the server says unasked; one that has none refuses.
    private func listen() {
        due = nil
        start("GET", HTTPExchange(nil))
    }

    private func start(_ method: String, _ exchange: HTTPExchange, body: [UInt8] = []) {
        count += 1
        let number = count
        exchanges[number] = exchange
        var policy = RequestPolicy()
        policy.allowsPrivate = true
        policy.usesEnvironment = true
        do {
            var request = try HTTPRequest(passing: method, url, policy, headers: head(of: exchange, body))
            request.body = SecretBytes(body)
            let inbox = inbox
            request.listener = HTTPListener(
                head: { inbox.put(number, .head($0, $1)) }, body: { inbox.put(number, .bytes(Array($0))) })
            driver.send(request) { result in
                let problem: String? = if case .failure(let failure) = result { failure.message } else { nil }
                return { inbox.put(number, .ended(problem)) }
            }
        } catch {
            inbox.put(number, .ended(error.message))
        }
    }

    private func head(of exchange: HTTPExchange, _ body: [UInt8]) -> [(name: String, value: String)] {
        var all = headers
        all.append((name: "Accept", value: "application/json, text/event-stream"))
        if !body.isEmpty { all.append((name: "Content-Type", value: "application/json")) }
        guard exchange.head.headers.isEmpty else { return all + exchange.head.headers }
        if let session { all.append((name: "Mcp-Session-Id", value: session)) }
        if let version { all.append((name: "Mcp-Protocol-Version", value: version)) }
        return all
    }
}

import CCurl
import CCurlShims
import NIOConcurrencyHelpers
import SidestepHost
import SidestepModel

/// Sends requests over connections that it keeps: libcurl's multi interface, on a thread of its own.
///
/// libcurl is loaded with the first request. Unchecked: the exchanges belong to the thread.
final class HTTPThread: @unchecked Sendable {
    /// Connections at once; further requests wait in libcurl.
    static let connectionLimit = 160
    /// curl_multi_poll(3) returns after this time at the latest, milliseconds.
    private static let pollMilliseconds: Int32 = 60_000

    struct Order {
        let request: HTTPRequest
        /// By which its sender can stop it.
        let name: String?
        let done: HTTPDriver.Done
    }

    private enum Stage {
        case open
        /// It takes no more, and ends with the last that it has.
        case leaving
        /// It ends now.
        case closed
        case ended
    }

    private struct Queue {
        var new: [Order] = []
        var stopped: [String] = []
        var stage = Stage.open
        /// nil until the thread has loaded libcurl.
        var waker: Waker?
    }

    /// What others may do with the thread's handle: wake it, for which curl_multi_wakeup(3) is made.
    /// Unchecked: a pointer, and that function may be called from any thread.
    private struct Waker: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer
        func wake() { shim_curl_multi_wakeup(multi) }
    }

    /// The way that all its connections lead.
    let route: HTTPRoute
    private let queue = NIOLockedValueBox(Queue())
    private var exchanges: [UnsafeMutableRawPointer: (exchange: HTTPExchange, name: String?)] = [:]
    private var handles: [String: UnsafeMutableRawPointer] = [:]

    /// - Throws: when the system has no thread left.
    init(_ route: HTTPRoute) throws(Failure) {
        self.route = route
        _ = try WorkerThread("http") { self.work() }
    }

    /// Takes a request; false when it takes none any more.
    func take(_ order: Order) -> Bool {
        queue.withLockedValue { queue in
            guard queue.stage == .open else { return false }
            queue.new.append(order)
            queue.waker?.wake()
            return true
        }
    }

    func stop(_ name: String) {
        queue.withLockedValue { queue in
            queue.stopped.append(name)
            queue.waker?.wake()
        }
    }

    /// Ends the thread and its connections with the last request that it has.
    func leave() { go(to: .leaving) }

    /// Ends the thread; requests under way fail as `closed`.
    func close() { go(to: .closed) }

    var hasEnded: Bool { queue.withLockedValue { $0.stage == .ended } }

    private func go(to stage: Stage) {
        queue.withLockedValue { queue in
            if queue.stage == .ended { return }
            queue.stage = stage
            queue.waker?.wake()
        }
    }

    // MARK: The thread

    /// Loaded for the whole process, by one thread at a time.
    static let isLoaded: Bool = shim_curl_load() == 1

    private func work() {
        guard Self.isLoaded, let multi = shim_curl_multi_init() else { return refuseAll() }
        shim_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, Self.connectionLimit)
        let waker = Waker(multi: multi)
        queue.withLockedValue { $0.waker = waker }
        while begin(multi) {
            shim_curl_multi_perform(multi)
            end(multi)
            shim_curl_multi_poll(multi, pollMilliseconds)
        }
        for handle in Array(exchanges.keys) { end(handle, multi) { $0.abandoned(.closed) } }
        queue.withLockedValue { ($0.waker, $0.stage) = (nil, .ended) }
        shim_curl_multi_cleanup(multi)
    }

    /// Who leaves and has nothing under way does not wait for anything.
    private var pollMilliseconds: Int32 {
        let isLast = exchanges.isEmpty && queue.withLockedValue { $0.stage != .open }
        return isLast ? 0 : Self.pollMilliseconds
    }

    /// The host has no libcurl: whoever asks is told so.
    private func refuseAll() {
        let new = queue.withLockedValue { queue in
            queue.stage = .ended
            return queue.new
        }
        for order in new {
            order.done(.failure(.transport("libcurl (libcurl.so.4) is not installed on this host")))()
        }
    }

    /// Begins and ends what was asked for. Returns false when the thread is to end.
    private func begin(_ multi: UnsafeMutableRawPointer) -> Bool {
        let (new, stopped, stage) = queue.withLockedValue { queue in
            defer { (queue.new, queue.stopped) = ([], []) }
            return (queue.new, queue.stopped, queue.stage)
        }
        for order in new {
            guard stage != .closed else {
                order.done(.failure(.closed))()
                continue
            }
            guard let exchange = HTTPExchange(order.request, order.done) else {
                order.done(.failure(.transport("out of memory")))()
                continue
            }
            exchanges[exchange.handle] = (exchange, order.name)
            if let name = order.name { handles[name] = exchange.handle }
            shim_curl_multi_add(multi, exchange.handle)
        }
        for name in stopped {
            guard let handle = handles[name] else { continue }
            end(handle, multi) { $0.abandoned(.stopped) }
        }
        return stage == .open || stage == .leaving && !exchanges.isEmpty
    }

    /// Hands over what has ended.
    private func end(_ multi: UnsafeMutableRawPointer) {
        var code = CURLE_OK
        while let handle = shim_curl_multi_ended(multi, &code) { end(handle, multi) { $0.ended(code) } }
    }

    private func end(
        _ handle: UnsafeMutableRawPointer, _ multi: UnsafeMutableRawPointer,
        _ body: (HTTPExchange) -> HTTPDriver.Tell
    ) {
        let tell = letGo(handle, multi, body)
        tell?()
    }

    /// Not inlined: what it held is freed, and overwritten, when it returns.
    @inline(never)
    private func letGo(
        _ handle: UnsafeMutableRawPointer, _ multi: UnsafeMutableRawPointer,
        _ body: (HTTPExchange) -> HTTPDriver.Tell
    ) -> HTTPDriver.Tell? {
        shim_curl_multi_remove(multi, handle)
        guard let (exchange, name) = exchanges.removeValue(forKey: handle) else { return nil }
        if let name { handles[name] = nil }
        return body(exchange)
    }
}

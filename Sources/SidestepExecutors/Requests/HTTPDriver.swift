import CCurl
import CCurlShims
import NIOConcurrencyHelpers
import SidestepHost
import SidestepModel

/// Sends HTTP requests, many at once, on one thread of its own: libcurl's multi interface.
///
/// The thread is made, and libcurl loaded, with the first request. Unchecked: the exchanges belong to the
/// thread.
public final class HTTPDriver: @unchecked Sendable {
    /// Takes what came back, and answers how that is told: it is, once nothing of the request and its answer is
    /// left in memory. Whoever hears of the end of a request finds no secret of it any more.
    public typealias Done = @Sendable (Result<HTTPResponse, HTTPFailure>) -> Tell
    public typealias Tell = @Sendable () -> Void

    /// Connections at once; further requests wait in libcurl.
    static let connectionLimit = 160
    /// curl_multi_poll(3) returns after this time at the latest, milliseconds.
    private static let pollMilliseconds: Int32 = 60_000

    private struct Order {
        let request: HTTPRequest
        /// By which its sender can stop it.
        let name: String?
        let done: Done
    }

    private struct Queue {
        var new: [Order] = []
        var stopped: [String] = []
        var isClosed = false
        var hasThread = false
        /// nil until the thread has loaded libcurl.
        var waker: Waker?
    }

    /// What others may do with the thread's handle: wake it, for which curl_multi_wakeup(3) is made.
    private struct Waker: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer
        func wake() { shim_curl_multi_wakeup(multi) }
    }

    /// Not the standard library's Mutex: ThreadSanitizer does not see how that one is handed over.
    private let queue = NIOLockedValueBox(Queue())
    private var exchanges: [UnsafeMutableRawPointer: (exchange: HTTPExchange, name: String?)] = [:]
    private var handles: [String: UnsafeMutableRawPointer] = [:]

    public init() {}

    /// Sends a request; `done` is called once, on the driver's thread.
    ///
    /// - Parameter name: what `stop` calls it; no two requests under way have the same.
    public func send(_ request: HTTPRequest, as name: String? = nil, then done: @escaping Done) {
        let refusal = queue.withLockedValue { queue -> HTTPFailure? in
            if queue.isClosed { return .closed }
            do throws(Failure) {
                if !queue.hasThread { _ = try WorkerThread("http") { self.work() } }
            } catch {
                return .transport(error.message)
            }
            queue.hasThread = true
            queue.new.append(Order(request: request, name: name, done: done))
            queue.waker?.wake()
            return nil
        }
        if let refusal { done(.failure(refusal))() }
    }

    /// Ends a request at once, with its connection; it fails as `stopped`, unless it has ended by itself.
    public func stop(_ name: String) {
        queue.withLockedValue { queue in
            queue.stopped.append(name)
            queue.waker?.wake()
        }
    }

    /// Ends the thread; requests under way fail as `closed`.
    public func close() {
        queue.withLockedValue { queue in
            queue.isClosed = true
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
            shim_curl_multi_poll(multi, Self.pollMilliseconds)
        }
        for handle in Array(exchanges.keys) { end(handle, multi) { $0.abandoned(.closed) } }
        queue.withLockedValue { $0.waker = nil }
        shim_curl_multi_cleanup(multi)
    }

    /// The host has no libcurl: whoever asks is told so.
    private func refuseAll() {
        let new = queue.withLockedValue { queue in
            defer { (queue.new, queue.stopped, queue.hasThread) = ([], [], false) }
            return queue.new
        }
        for order in new {
            order.done(.failure(.transport("libcurl (libcurl.so.4) is not installed on this host")))()
        }
    }

    /// Begins and ends what was asked for. Returns false when the driver was closed.
    private func begin(_ multi: UnsafeMutableRawPointer) -> Bool {
        let (new, stopped, isClosed) = queue.withLockedValue { queue in
            defer { (queue.new, queue.stopped) = ([], []) }
            return (queue.new, queue.stopped, queue.isClosed)
        }
        for order in new {
            guard !isClosed else {
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
        return !isClosed
    }

    /// Hands over what has ended.
    private func end(_ multi: UnsafeMutableRawPointer) {
        var code = CURLE_OK
        while let handle = shim_curl_multi_ended(multi, &code) { end(handle, multi) { $0.ended(code) } }
    }

    private func end(
        _ handle: UnsafeMutableRawPointer, _ multi: UnsafeMutableRawPointer, _ body: (HTTPExchange) -> Tell
    ) {
        let tell = letGo(handle, multi, body)
        tell?()
    }

    /// Not inlined: what it held is freed, and overwritten, when it returns.
    @inline(never)
    private func letGo(
        _ handle: UnsafeMutableRawPointer, _ multi: UnsafeMutableRawPointer, _ body: (HTTPExchange) -> Tell
    ) -> Tell? {
        shim_curl_multi_remove(multi, handle)
        guard let (exchange, name) = exchanges.removeValue(forKey: handle) else { return nil }
        if let name { handles[name] = nil }
        return body(exchange)
    }
}

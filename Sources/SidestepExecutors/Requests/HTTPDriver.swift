import CCurl
import CCurlShims
import CShims
import Glibc
import Synchronization

/// Sends HTTP requests, many at once, on one thread of its own: libcurl's multi interface.
///
/// The thread is made with the first request. Unchecked: the multi handle belongs to the thread; others only
/// wake it
/// (curl_multi_wakeup(3) is made for that).
public final class HTTPDriver: @unchecked Sendable {
    public typealias Done = @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void

    /// Connections at once; further requests wait in libcurl.
    static let connectionLimit = 160
    /// curl_multi_poll(3) returns after this time at the latest, milliseconds.
    private static let pollMilliseconds: Int32 = 60_000

    private struct Queue {
        var new: [(request: HTTPRequest, done: Done)] = []
        var isClosed = false
        var multi: UnsafeMutableRawPointer?
    }

    private let queue = Mutex(Queue())
    private var exchanges: [UnsafeMutableRawPointer: HTTPExchange] = [:]

    public init() {}

    /// Sends a request; `done` is called once, on the driver's thread.
    public func send(_ request: HTTPRequest, then done: @escaping Done) {
        let isTaken = queue.withLock { queue -> Bool in
            if queue.isClosed { return false }
            if queue.multi == nil { queue.multi = start() }
            queue.new.append((request, done))
            curl_multi_wakeup(queue.multi)
            return true
        }
        if !isTaken { done(.failure(.closed)) }
    }

    /// Ends the thread; requests under way fail as `closed`.
    public func close() {
        queue.withLock { queue in
            queue.isClosed = true
            if let multi = queue.multi { curl_multi_wakeup(multi) }
        }
    }

    // MARK: The thread

    /// curl_global_init(3) is for the whole process, and for one thread at a time.
    private static let isInitialized: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private func start() -> UnsafeMutableRawPointer {
        guard Self.isInitialized, let multi = curl_multi_init() else {
            preconditionFailure("libcurl has no memory")
        }
        shim_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, Self.connectionLimit)
        var thread: pthread_t = 0
        let code = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<HTTPDriver>.fromOpaque(context!).takeRetainedValue().work()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(code == 0, "pthread_create: \(code)")
        pthread_detach(thread)
        return multi
    }

    private func work() {
        shim_thread_name(pthread_self(), "http")
        guard let multi = queue.withLock({ $0.multi }) else { return }
        while begin(multi) {
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            end(multi)
            curl_multi_poll(multi, nil, 0, Self.pollMilliseconds, nil)
        }
        for exchange in exchanges.values {
            curl_multi_remove_handle(multi, exchange.handle)
            exchange.abandon()
        }
        exchanges = [:]
        queue.withLock { $0.multi = nil }
        curl_multi_cleanup(multi)
    }

    /// Begins what has come in. Returns false when the driver was closed.
    private func begin(_ multi: UnsafeMutableRawPointer) -> Bool {
        let (new, isClosed) = queue.withLock { queue in
            defer { queue.new = [] }
            return (queue.new, queue.isClosed)
        }
        for (request, done) in new {
            guard !isClosed else {
                done(.failure(.closed))
                continue
            }
            guard let exchange = HTTPExchange(request, done) else {
                done(.failure(.transport("out of memory")))
                continue
            }
            exchanges[exchange.handle] = exchange
            curl_multi_add_handle(multi, exchange.handle)
        }
        return !isClosed
    }

    /// Hands over what has ended.
    private func end(_ multi: UnsafeMutableRawPointer) {
        var code = CURLE_OK
        while let handle = shim_curl_multi_ended(multi, &code) {
            curl_multi_remove_handle(multi, handle)
            exchanges.removeValue(forKey: handle)?.end(code)
        }
    }
}

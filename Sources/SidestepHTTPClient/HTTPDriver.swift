import NIOConcurrencyHelpers
import SidestepModel

/// Sends HTTP requests, many at once: each to a thread whose connections were made by the same rules.
///
/// A kept connection was looked at when it was made. So what the operator withdraws ends with the
/// connections: after a change of the rules a new thread begins with none, and the former one ends with the
/// last request that it has.
public final class HTTPDriver: Sendable {
    /// Takes what came back, and answers how that is told: it is, once nothing of the request and its answer is
    /// left in memory. Whoever hears of the end of a request finds no secret of it any more.
    public typealias Done = @Sendable (Result<HTTPResponse, HTTPFailure>) -> Tell
    /// Says how the request ended.
    public typealias Tell = @Sendable () -> Void

    private struct Threads {
        /// Made with the first request.
        var current: HTTPThread?
        /// Those that finish what they have.
        var leaving: [HTTPThread] = []
        var isClosed = false

        var all: [HTTPThread] { leaving + (current.map { [$0] } ?? []) }

        mutating func renew() {
            guard let former = current.take() else { return }
            former.leave()
            leaving.removeAll { $0.hasEnded }
            leaving.append(former)
        }
    }

    /// Not the standard library's Mutex: ThreadSanitizer does not see how that one is handed over.
    private let threads = NIOLockedValueBox(Threads())

    /// Makes no thread yet.
    public init() {}

    /// Sends a request; `done` is called once, on a thread of the driver's.
    ///
    /// - Parameter name: what `stop` calls it; no two requests under way have the same.
    public func send(_ request: HTTPRequest, as name: String? = nil, then done: @escaping Done) {
        let order = HTTPThread.Order(request: request, name: name, done: done)
        let refusal = threads.withLockedValue { threads -> HTTPFailure? in
            if threads.isClosed { return .closed }
            if let current = threads.current, current.route == request.route, current.take(order) {
                return nil
            }
            threads.renew()
            do throws(Failure) {
                let new = try HTTPThread(request.route)
                threads.current = new
                return new.take(order) ? nil : .closed
            } catch {
                return .transport(error.message)
            }
        }
        if let refusal { done(.failure(refusal))() }
    }

    /// Ends a request at once, with its connection; it fails as `stopped`, unless it has ended by itself.
    public func stop(_ name: String) {
        for thread in threads.withLockedValue(\.all) { thread.stop(name) }
    }

    /// The rules are others now: no request uses a connection that there is.
    public func renew() { threads.withLockedValue { $0.renew() } }

    /// Ends all threads; requests under way fail as `closed`.
    public func close() {
        threads.withLockedValue { threads in
            threads.isClosed = true
            for thread in threads.all { thread.close() }
        }
    }
}

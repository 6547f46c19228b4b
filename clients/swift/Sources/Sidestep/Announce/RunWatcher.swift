import FoundationEssentials
import SidestepLibC
import SidestepProtocol
import Synchronization

/// An entry of a run's journal, told as it happens.
public struct RunEvent: Sendable {
    /// Its place: go on behind it with `after`.
    public let sequence: Int
    /// The run whose journal it is.
    public let run: String
    /// When it happened.
    public let at: Date
    /// What happened, for example `step.completed`.
    public let kind: String
    /// The step that it is about, if it is about one.
    public let step: String?
    /// Which attempt of the step.
    public let attempt: Int?
    /// What else is known.
    public let detail: RawJSON?
    /// All of it, as it came.
    public let json: RawJSON

    init(_ json: RawJSON) {
        self.json = json
        sequence = json["sequence"]?.int ?? 0
        run = json["run"]?.string ?? ""
        at = json["at"]?.date ?? .distantPast
        kind = json["kind"]?.string ?? ""
        step = json["step"]?.string
        attempt = json["attempt"]?.int
        detail = json["detail"]
    }
}

/// Follows journals on a connection of its own, without threads or tasks; `SidestepClient.watch` is made of it.
///
/// A lost connection is made again and goes on behind the last entry: none is missed and none comes twice.
public final class RunWatcher {
    /// Which runs are watched.
    public struct Filter: Sendable {
        /// This run alone.
        public var run: String?
        /// Runs of this workflow alone.
        public var workflow: String?
        /// All of these.
        public var tags: [String: String] = [:]

        /// What is nil or empty filters nothing.
        public init(run: String? = nil, workflow: String? = nil, tags: [String: String] = [:]) {
            self.run = run
            self.workflow = workflow
            self.tags = tags
        }
    }

    /// What another thread needs to end the wait.
    private struct Interruption {
        var isWanted = false
        var socket: UnixSocket?
    }

    private var finder: DaemonFinder
    private let filter: Filter
    private let patience: Duration
    private var connection: BlockingConnection?
    private let interruption = Mutex(Interruption())
    /// The sequence of the last entry; nil before the watch has begun.
    public private(set) var sequence: Int?

    /// - Parameters:
    ///   - after: the last sequence that was seen; 0 begins with the oldest entry, nil with the next one.
    ///   - patience: how long to look for a daemon that went away.
    public convenience init(
        socket: String? = nil, autostart: Bool? = nil, filter: Filter = .init(), after: Int? = nil,
        patience: Duration = .seconds(60)
    ) {
        self.init(
            finder: DaemonFinder(socket: socket, autostart: autostart), filter: filter, after: after,
            patience: patience)
    }

    init(finder: DaemonFinder, filter: Filter, after: Int?, patience: Duration) {
        self.finder = finder
        self.filter = filter
        self.patience = patience
        sequence = after
    }

    /// Begins the watch, if it has not begun; throws what the daemon says against it.
    public func begin() throws {
        guard connection == nil else { return }
        let new = try BlockingConnection(finder: finder)
        let result = try new.call("run.watch") { writer in
            writer.member("run", filter.run)
            writer.member("workflow", filter.workflow)
            if !filter.tags.isEmpty { writer.object("tag") { filter.tags.write(to: &$0) } }
            writer.member("after", sequence)
        }
        sequence = result["sequence"]?.int ?? sequence
        connection = new
        finder = finder.staying(at: new.socket)
        let isInterrupted = interruption.withLock { state in
            state.socket = new.socket
            return state.isWanted
        }
        if isInterrupted { new.socket.shutDown() }
    }

    /// Waits for the next entry.
    public func next() throws -> RunEvent {
        let deadline = ContinuousClock.now + patience
        var backoff = Backoff()
        while true {
            do {
                try begin()
                while let (method, params) = try connection?.nextNotification() {
                    guard method == "run.event", let params else { continue }
                    let event = RunEvent(params)
                    sequence = event.sequence
                    return event
                }
                throw SidestepError(.connectionLost, "the daemon closed the connection")
            } catch let error as SidestepError
                where [.connectionLost, .daemonNotFound, .shuttingDown].contains(error.kind)
            {
                connection = nil
                let pause = backoff.advance()
                if interruption.withLock({ $0.isWanted }) { throw error }
                guard ContinuousClock.now + pause < deadline else { throw error }
                Threads.pause(pause)
            }
        }
    }

    /// Ends the wait of another thread in `next`.
    func interrupt() {
        interruption.withLock { state in
            state.isWanted = true
            state.socket?.shutDown()
        }
    }
}

extension SidestepClient {
    /// Follows the journals of runs as they are written, until the task is cancelled.
    ///
    ///     for try await event in sidestep.watch(.init(workflow: "trip")) { print(event.run, event.kind) }
    ///
    /// - Parameter after: the last sequence that was seen; 0 begins with the oldest entry, nil with the next
    ///   one.
    public func watch(_ filter: RunWatcher.Filter = .init(), after: Int? = nil) -> RunFeed {
        RunFeed(finder: connection.finder, patience: connection.patience, filter: filter, after: after)
    }
}

/// Entries of journals as they are written; it never ends by itself.
public struct RunFeed: AsyncSequence, Sendable {
    let finder: DaemonFinder
    let patience: Duration
    let filter: RunWatcher.Filter
    let after: Int?

    /// Begins to watch.
    public func makeAsyncIterator() -> Iterator { Iterator(reader: FeedReader(self)) }

    /// One walk over the entries.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let reader: FeedReader

        /// Waits for the next entry; nil when the task is cancelled.
        public mutating func next() async throws -> RunEvent? {
            let reader = reader
            return try await withTaskCancellationHandler {
                try await reader.next()
            } onCancel: {
                reader.stop()
            }
        }
    }
}

/// A thread that reads one entry for each that is asked for: a slow reader slows the daemon down, not this
/// process.
private final class FeedReader: Sendable {
    private struct State {
        var wanted: CheckedContinuation<RunEvent?, any Error>?
        var isStopped = false
        /// Why there is no thread to read.
        var failure: SidestepError?
    }

    private let state = Mutex(State())
    private let box: Box
    private let demand = Semaphore()

    init(_ feed: RunFeed) {
        let watcher = RunWatcher(
            finder: feed.finder, filter: feed.filter, after: feed.after, patience: feed.patience)
        let (box, demand) = (Box(watcher: watcher), demand)
        self.box = box
        let reading: @Sendable () -> Void = { [weak self] in
            while true {
                demand.wait()
                guard let self, !self.state.withLock({ $0.isStopped }) else { break }
                let result = Result { try box.watcher.next() }
                self.answer(result)
            }
        }
        do { try Threads.start(reading) } catch { state.withLock { $0.failure = Threads.noneLeft(error) } }
    }

    deinit { stop() }

    func next() async throws -> RunEvent? {
        try await withCheckedThrowingContinuation { continuation in
            let (isStopped, failure) = state.withLock { state in
                if !state.isStopped, state.failure == nil { state.wanted = continuation }
                return (state.isStopped, state.failure)
            }
            if let failure { return continuation.resume(throwing: failure) }
            if isStopped { return continuation.resume(returning: nil) }
            demand.post()
        }
    }

    /// The task was cancelled, or nobody wants more.
    func stop() {
        let (wanted, isFirst) = state.withLock { state in
            defer { (state.wanted, state.isStopped) = (nil, true) }
            return (state.wanted, !state.isStopped)
        }
        wanted?.resume(returning: nil)
        guard isFirst else { return }
        box.watcher.interrupt()
        demand.post()
    }

    private func answer(_ result: Result<RunEvent, any Error>) {
        let wanted = state.withLock { state in
            defer { state.wanted = nil }
            return state.wanted
        }
        wanted?.resume(with: result.map { Optional($0) })
    }

    /// Hands the watcher to the thread. Unchecked: it is touched there alone, but for the one call that ends its wait.
    private struct Box: @unchecked Sendable {
        let watcher: RunWatcher
    }
}

import SidestepModel
import SidestepStore
import Synchronization

/// Spans on their way to the collector.
public struct SpanLetter: Sendable {
    /// The body of the request: OTLP, JSON.
    public let body: [UInt8]
    /// How many spans are in it.
    public let count: Int
}

/// What carries spans to the collector, one letter at a time.
public protocol SpanCarrying: Sendable {
    /// Tells once, on any thread, what came of it; one that is final is not sent again.
    func carry(_ letter: SpanLetter, then done: @escaping @Sendable (DeliveryOutcome) -> Void)
}

/// Tells the collector of traces what runs did: at least once, each span by the same name however often.
///
/// What is still to be told stands in the database; this holds only which runs have news. It is called on the loop.
public final class SpanCourier: Sendable {
    /// How long news are gathered, milliseconds: a request for each step would be one too many.
    static let gatherMilliseconds: Int64 = 1000
    /// Runs that one look is about.
    static let runs = 256
    /// Between two tries of what the collector does not take, milliseconds: the first, and the longest.
    static let retry: (first: Int64, longest: Int64) = (1000, 60000)

    private struct State: Sendable {
        var news = NewsOfRuns()
        /// When to look next; nil while nothing is to be looked for, or a look is under way.
        var timer: (any LoopTimer)?
        var isBusy = false
        var isStopped = false
        var failures = 0
    }

    private let coordinator: Coordinator
    private let carrier: any SpanCarrying
    private let body: SpanBody
    private let state = Mutex(State())

    /// Made once by the daemon and put where commits find it: `Coordinator.spans`.
    public init(coordinator: Coordinator, carrier: any SpanCarrying, version: String, host: String) {
        self.coordinator = coordinator
        self.carrier = carrier
        body = SpanBody(version: version, host: host)
    }

    /// Tries in a row that the collector did not take.
    public var failures: Int { state.withLock(\.failures) }

    /// Looks for what was not told before this start.
    public func begin() { wake(afterMilliseconds: 0) }

    /// Sends nothing more; what is under way is sent again after the next start.
    public func stop() {
        state.withLock { state in
            state.isStopped = true
            state.timer?.cancel()
        }
    }

    /// A commit has written something about a run.
    func changed(_ run: Int64) {
        let isQuiet = state.withLock { state in
            state.news.add(run)
            return state.timer == nil && !state.isBusy
        }
        if isQuiet { wake(afterMilliseconds: Self.gatherMilliseconds) }
    }

    private func wake(afterMilliseconds delay: Int64) {
        let timer = coordinator.loop.schedule(afterMilliseconds: delay) { [weak self] in self?.look() }
        let replaced = state.withLock { state in
            defer { state.timer = state.isStopped ? nil : timer }
            return state.isStopped ? timer : state.timer
        }
        replaced?.cancel()
    }

    private func look() {
        let isTracing = coordinator.environment.settings.isTracing
        let what = state.withLock { state -> (runs: [Int64], place: Int64?)? in
            state.timer = nil
            if state.isBusy || state.isStopped || !isTracing { return nil }
            state.isBusy = true
            return (state.news.take(Self.runs), state.news.place)
        }
        guard let (runs, place) = what else { return }
        coordinator.read(coordinator.daemonContext) { [body] store, _ in
            let older = try place.map { try store.tracedRuns(after: $0, limit: Self.runs - runs.count) } ?? []
            let found = try SpanBatch(store, runs: runs + older.filter { !runs.contains($0) })
            // Here, not on the loop: it may be a megabyte of text.
            let letter = SpanLetter(body: body.bytes(found.spans), count: found.spans.count)
            return (found, letter, older)
        } reply: { result in
            guard case .success(let (found, letter, older)) = result else {
                self.giveBack(runs)
                return self.wake(afterMilliseconds: Self.retry.first)
            }
            if place != nil { self.state.withLock { $0.news.has(older, of: Self.runs - runs.count) } }
            self.state.withLock { $0.news.add(found.left) }
            self.send(letter, found, of: runs + older)
        }
    }

    private func send(_ letter: SpanLetter, _ found: SpanBatch, of runs: [Int64]) {
        if letter.count == 0 { return settle(found) }
        let loop = coordinator.loop
        carrier.carry(letter) { outcome in
            loop.run { self.carried(found, of: runs, outcome) }
        }
    }

    private func carried(_ found: SpanBatch, of runs: [Int64], _ outcome: DeliveryOutcome) {
        if state.withLock(\.isStopped) { return }
        guard let problem = outcome.problem else {
            state.withLock { $0.failures = 0 }
            return settle(found)
        }
        let notice = Notice(outcome.isFinal ? .tracesRefused : .tracesFailed)
        coordinator.onNotice?(
            notice.with(.spans, Int64(found.spans.count)).with(.status, outcome.httpStatus)
                .with(.problem, problem))
        // It will never be taken, and what comes behind it may be.
        if outcome.isFinal { return settle(found) }
        giveBack(runs)
        let failures = state.withLock { state in
            state.failures += 1
            return state.failures
        }
        let delay = Self.retry.first << Int64(min(failures - 1, 6))
        wake(afterMilliseconds: min(max(delay, outcome.retryAfterMilliseconds ?? 0), Self.retry.longest))
    }

    /// Writes down what was taken, and goes on with what is left.
    private func settle(_ found: SpanBatch) {
        if found.sent.isEmpty { return goOn(after: found) }
        coordinator.perform(SettleSpans(sent: found.sent)) { self.goOn(after: found) }
    }

    private func goOn(after found: SpanBatch) {
        // What there was no room for has waited; what is new is gathered.
        let delay = state.withLock { state -> Int64? in
            state.isBusy = false
            if !state.news.isAny { return nil }
            return !found.left.isEmpty || state.news.isMany ? 0 : Self.gatherMilliseconds
        }
        if let delay { wake(afterMilliseconds: delay) }
    }

    private func giveBack(_ runs: [Int64]) {
        state.withLock { state in
            state.isBusy = false
            state.news.add(runs)
        }
    }
}

/// Which runs may have something to be told of.
private struct NewsOfRuns: Sendable {
    private var runs: Set<Int64> = []
    /// Behind which key those are looked for that were left by an earlier daemon; nil when all were found.
    private(set) var place: Int64? = 0

    var isAny: Bool { !runs.isEmpty || place != nil }
    /// Whether more than one look is waiting to be taken.
    var isMany: Bool { runs.count >= SpanCourier.runs || place != nil }

    mutating func add(_ run: Int64) { runs.insert(run) }
    mutating func add(_ runs: [Int64]) { self.runs.formUnion(runs) }

    mutating func take(_ limit: Int) -> [Int64] {
        let taken = Array(runs.prefix(limit))
        for run in taken { runs.remove(run) }
        return taken
    }

    /// - Parameter found: what a look found that asked for `limit` of them.
    mutating func has(_ found: [Int64], of limit: Int) {
        if limit > 0 { place = found.count < limit ? nil : found.last }
    }
}

import SidestepModel
import SidestepStore

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
/// What is still to be told stands in the database; this holds only which runs have news. Unchecked: all state is
/// touched on the loop.
public final class SpanCourier: @unchecked Sendable {
    /// How long news are gathered, milliseconds: a request for each step would be one too many.
    static let gatherMilliseconds: Int64 = 1000
    /// Runs that one look is about.
    static let runs = 256
    /// Between two tries of what the collector does not take, milliseconds: the first, and the longest.
    static let retry: (first: Int64, longest: Int64) = (1000, 60000)

    private let coordinator: Coordinator
    private let carrier: any SpanCarrying
    private let body: SpanBody
    private var news = NewsOfRuns()
    private var timer: (any LoopTimer)?
    private var isBusy = false
    private var isStopped = false
    /// Tries in a row that the collector did not take.
    public private(set) var failures = 0

    /// Made once by the daemon and put where commits find it: `Coordinator.spans`.
    public init(coordinator: Coordinator, carrier: any SpanCarrying, version: String, host: String) {
        self.coordinator = coordinator
        self.carrier = carrier
        body = SpanBody(version: version, host: host)
    }

    /// Looks for what was not told before this start.
    public func begin() { wake(afterMilliseconds: 0) }

    /// Sends nothing more; what is under way is sent again after the next start.
    public func stop() {
        isStopped = true
        timer?.cancel()
    }

    /// A commit has written something about a run.
    func changed(_ run: Int64) {
        news.add(run)
        if timer == nil, !isBusy { wake(afterMilliseconds: Self.gatherMilliseconds) }
    }

    private func wake(afterMilliseconds delay: Int64) {
        if isStopped { return }
        timer = coordinator.loop.schedule(afterMilliseconds: delay) { [weak self] in
            self?.timer = nil
            self?.look()
        }
    }

    private func look() {
        if isBusy || isStopped || !coordinator.environment.settings.isTracing { return }
        isBusy = true
        let (runs, place) = (news.take(Self.runs), news.place)
        coordinator.read(coordinator.daemonContext) { store, _ in
            let older = try place.map { try store.tracedRuns(after: $0, limit: Self.runs - runs.count) } ?? []
            let found = try SpanBatch(store, runs: runs + older.filter { !runs.contains($0) })
            return (found, older)
        } reply: { result in
            guard case .success(let (found, older)) = result else { return self.giveBack(runs) }
            if place != nil { self.news.has(older, of: Self.runs - runs.count) }
            self.send(found, of: runs + older)
        }
    }

    private func send(_ found: SpanBatch, of runs: [Int64]) {
        for run in found.left { news.add(run) }
        if found.spans.isEmpty { return settle(found) }
        let (loop, letter) = (coordinator.loop, SpanLetter(body: body.bytes(found.spans), count: found.spans.count))
        carrier.carry(letter) { outcome in
            loop.run { self.carried(found, of: runs, outcome) }
        }
    }

    private func carried(_ found: SpanBatch, of runs: [Int64], _ outcome: DeliveryOutcome) {
        if isStopped { return }
        guard let problem = outcome.problem else {
            failures = 0
            return settle(found)
        }
        let notice = Notice(outcome.isFinal ? .tracesRefused : .tracesFailed)
        coordinator.onNotice?(
            notice.with(.spans, Int64(found.spans.count)).with(.status, outcome.httpStatus).with(.problem, problem))
        // It will never be taken, and what comes behind it may be.
        if outcome.isFinal { return settle(found) }
        giveBack(runs, asked: outcome.retryAfterMilliseconds)
    }

    private func settle(_ found: SpanBatch) {
        let isMore = !found.left.isEmpty || news.isMany
        if found.sent.isEmpty { return goOn(isMore) }
        coordinator.perform(SettleSpans(sent: found.sent)) { self.goOn(isMore) }
    }

    /// - Parameter atOnce: what there was no room for has waited; what is new is gathered.
    private func goOn(_ atOnce: Bool) {
        isBusy = false
        if news.isAny { wake(afterMilliseconds: atOnce ? 0 : Self.gatherMilliseconds) }
    }

    private func giveBack(_ runs: [Int64], asked: Int64? = nil) {
        isBusy = false
        for run in runs { news.add(run) }
        let delay = min(Self.retry.first << Int64(min(failures, 6)), Self.retry.longest)
        failures += 1
        wake(afterMilliseconds: min(max(delay, asked ?? 0), Self.retry.longest))
    }
}

/// Which runs may have something to be told of.
private struct NewsOfRuns {
    private var runs: Set<Int64> = []
    /// Behind which key those are looked for that were left by an earlier daemon; nil when all were found.
    private(set) var place: Int64? = 0

    var isAny: Bool { !runs.isEmpty || place != nil }
    /// Whether more than one look is waiting to be taken.
    var isMany: Bool { runs.count >= SpanCourier.runs || place != nil }

    mutating func add(_ run: Int64) { runs.insert(run) }

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

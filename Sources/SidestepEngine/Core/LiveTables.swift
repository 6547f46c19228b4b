import SidestepModel
import Synchronization

/// When something last came over a connection, and whether something is being done for it.
///
/// Written on the loop alone, read by anybody.
public final class SessionPulse: Sendable {
    private let last: Atomic<Int64>
    private let underWay = Atomic<Int>(0)

    init(at now: Instant) { last = Atomic(now.milliseconds) }

    /// A request came over the connection; it counts as busy until it has its answer.
    public func began(at now: Instant) { note(1, now) }
    /// A request of the connection has its answer: the owner's silence counts from here (`run.explain`).
    public func ended(at now: Instant) { note(-1, now) }

    var lastCall: Instant { Instant(milliseconds: last.load(ordering: .relaxed)) }
    var isBusy: Bool { underWay.load(ordering: .relaxed) > 0 }

    private func note(_ change: Int, _ now: Instant) {
        underWay.store(underWay.load(ordering: .relaxed) + change, ordering: .relaxed)
        last.store(now.milliseconds, ordering: .relaxed)
    }
}

/// A step whose call waits for room in a limit.
struct ParkedStep: Sendable, Equatable {
    var run: Int64
    var step: String
    /// The key of the limit.
    var limit: Int64
}

/// The calls that wait for room in a limit: what `run.explain` tells of them.
final class ParkedSteps: Sendable {
    private let parked = Mutex<[Int64: [ObjectIdentifier: ParkedStep]]>([:])

    func insert(_ step: ParkedStep, _ call: Call) {
        parked.withLock { $0[step.run, default: [:]][ObjectIdentifier(call)] = step }
    }

    func remove(_ step: ParkedStep, _ call: Call) {
        parked.withLock { parked in
            parked[step.run]?[ObjectIdentifier(call)] = nil
            if parked[step.run]?.isEmpty == true { parked[step.run] = nil }
        }
    }

    func of(run: Int64) -> [ParkedStep] {
        parked.withLock { $0[run]?.values.sorted { $0.step < $1.step } ?? [] }
    }
}

/// A step that a breaker did not let through.
public struct RefusedStep: Sendable, Equatable {
    var run: Int64
    var step: String
    var breaker: String
}

/// The steps that breakers refused, by the connection that wanted to begin them: the last one of each run.
final class RefusedSteps: Sendable {
    /// Runs of a connection that are remembered.
    private static let most = 100

    private struct Table {
        var bySession: [Int64: Set<Int64>] = [:]
        var byRun: [Int64: [Int64: RefusedStep]] = [:]

        mutating func remove(run: Int64, session: Int64) {
            guard bySession[session]?.remove(run) != nil else { return }
            if bySession[session]?.isEmpty == true { bySession[session] = nil }
            byRun[run]?[session] = nil
            if byRun[run]?.isEmpty == true { byRun[run] = nil }
        }

        mutating func remove(session: Int64) {
            for run in bySession[session] ?? [] { remove(run: run, session: session) }
        }
    }

    private let refused = Mutex(Table())

    func note(_ step: RefusedStep, session: Int64) {
        refused.withLock { table in
            if (table.bySession[session]?.count ?? 0) >= Self.most { table.remove(session: session) }
            table.bySession[session, default: []].insert(step.run)
            table.byRun[step.run, default: [:]][session] = step
        }
    }

    /// The breaker let it through.
    func forget(run: Int64, session: Int64) {
        refused.withLock { $0.remove(run: run, session: session) }
    }

    func forget(session: Int64) { refused.withLock { $0.remove(session: session) } }

    func of(run: Int64) -> [RefusedStep] { refused.withLock { $0.byRun[run].map { Array($0.values) } ?? [] } }
}

/// The keys of the steps that the daemon is executing; others that it was given wait their turn.
final class ExecutingSteps: Sendable {
    private let steps = Mutex<Set<Int64>>([])

    func insert(_ step: Int64) { steps.withLock { _ = $0.insert(step) } }
    func remove(_ step: Int64) { steps.withLock { _ = $0.remove(step) } }
    func contains(_ step: Int64) -> Bool { steps.withLock { $0.contains(step) } }
    var count: Int { steps.withLock(\.count) }
}

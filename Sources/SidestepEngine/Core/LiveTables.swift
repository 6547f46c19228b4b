import SidestepModel
import Synchronization

/// When something last came over a connection, and whether something is being done for it.
///
/// Written on the loop alone, read by anybody.
public final class SessionPulse: Sendable {
    private let last: Atomic<Int64>
    private let underWay = Atomic<Int>(0)

    init(at now: Instant) { last = Atomic(now.milliseconds) }

    public func began(at now: Instant) { note(1, now) }
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
    private let parked = Mutex<[ObjectIdentifier: ParkedStep]>([:])

    func insert(_ step: ParkedStep, _ call: Call) {
        parked.withLock { $0[ObjectIdentifier(call)] = step }
    }

    func remove(_ call: Call) { parked.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(call)) } }

    func of(run: Int64) -> [ParkedStep] {
        parked.withLock { $0.values.filter { $0.run == run } }.sorted { $0.step < $1.step }
    }
}

/// A step that a breaker did not let through.
struct RefusedStep: Sendable, Equatable {
    var step: String
    var breaker: String
}

/// The steps that breakers refused, by the connection that wanted to begin them: the last one of each run.
final class RefusedSteps: Sendable {
    /// Runs of a connection that are remembered.
    private static let most = 100

    private let refused = Mutex<[Int64: [Int64: RefusedStep]]>([:])

    func note(_ step: RefusedStep, run: Int64, session: Int64) {
        refused.withLock { refused in
            if refused[session, default: [:]].count >= Self.most { refused[session] = [:] }
            refused[session, default: [:]][run] = step
        }
    }

    /// The breaker let it through.
    func forget(run: Int64, session: Int64) {
        refused.withLock { _ = $0[session]?.removeValue(forKey: run) }
    }

    func forget(session: Int64) { refused.withLock { _ = $0.removeValue(forKey: session) } }

    func of(run: Int64) -> [RefusedStep] { refused.withLock { $0.values.compactMap { $0[run] } } }
}

/// The keys of the steps that the daemon is executing; others that it was given wait their turn.
final class ExecutingSteps: Sendable {
    private let steps = Mutex<Set<Int64>>([])

    func insert(_ step: Int64) { steps.withLock { _ = $0.insert(step) } }
    func remove(_ step: Int64) { steps.withLock { _ = $0.remove(step) } }
    func contains(_ step: Int64) -> Bool { steps.withLock { $0.contains(step) } }
}

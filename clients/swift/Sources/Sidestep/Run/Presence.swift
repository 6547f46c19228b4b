import Synchronization

/// What of a run happens in this process: it may be let go only while it does nothing but wait.
///
/// A value, so that its rules can be tested without a run.
struct Presence {
    /// Steps that are being executed, with what comes between their attempts.
    private(set) var executing = 0
    /// The open waits, by the names of their steps.
    private(set) var waits: Set<String> = []
    /// Whether the daemon is being asked to take the run.
    private(set) var isLeaving = false

    /// Begins a step; false while the run may be gone: ask again when that is known.
    mutating func beginStep() -> Bool {
        if isLeaving { return false }
        executing += 1
        return true
    }

    mutating func endStep() { executing -= 1 }

    mutating func beginWait(_ step: String) { waits.insert(step) }
    mutating func endWait(_ step: String) { waits.remove(step) }

    /// Begins to let go: the waits that are open, or nil when the run is needed here, or is being let go already.
    mutating func leave() -> [String]? {
        if executing > 0 || isLeaving || waits.isEmpty { return nil }
        isLeaving = true
        return waits.sorted()
    }

    /// It is known whether the run is gone.
    mutating func hasLeft() { isLeaving = false }
}

/// The presence of a run, for its tasks.
final class PresenceKeeper: Sendable {
    private struct State {
        var presence = Presence()
        /// Tasks that go on when it is known whether the run is gone.
        var blocked: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Executes a step while the run is held; while it may be gone, waits until that is known.
    ///
    /// - Parameter check: throws when the run is gone.
    func execute<Value>(
        _ check: () throws -> Void, _ body: () async throws -> Value
    ) async throws -> Value {
        while !state.withLock({ $0.presence.beginStep() }) {
            await untilKnown()
            try check()
        }
        defer { state.withLock { $0.presence.endStep() } }
        return try await body()
    }

    /// Counts `body` as an open wait.
    func wait<Value>(_ step: String, _ body: () async throws -> Value) async rethrows -> Value {
        state.withLock { $0.presence.beginWait(step) }
        defer { state.withLock { $0.presence.endWait(step) } }
        return try await body()
    }

    /// Lets go of the run if it does nothing but wait.
    ///
    /// - Parameter body: asks the daemon, with the names of the open waits.
    func leave(_ body: ([String]) async throws -> Void) async throws {
        guard let waits = state.withLock({ $0.presence.leave() }) else { return await untilKnown() }
        defer {
            let blocked = state.withLock { state in
                state.presence.hasLeft()
                defer { state.blocked = [] }
                return state.blocked
            }
            for task in blocked { task.resume() }
        }
        try await body(waits)
    }

    /// Returns when nobody asks the daemon to take the run.
    func untilKnown() async {
        await withCheckedContinuation { continuation in
            let isKnown = state.withLock { state in
                if state.presence.isLeaving { state.blocked.append(continuation) }
                return !state.presence.isLeaving
            }
            if isKnown { continuation.resume() }
        }
    }
}

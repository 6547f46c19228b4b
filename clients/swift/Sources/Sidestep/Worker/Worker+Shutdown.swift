import Synchronization

extension Worker {
    /// What becomes of the runs that a worker executes when it is to end.
    public enum Shutdown: Sendable {
        /// They go to the next worker at once.
        case giveBack
        /// They go on for so long at most; what is left then goes to the next worker.
        case drain(Duration)

        var time: Duration {
            switch self {
            case .giveBack: .zero
            case .drain(let time): time
            }
        }
    }

    /// Takes and executes runs until `stop` returns; then takes no more, and ends when those that it executes have
    /// their end, or were given back.
    ///
    /// - Parameter shutdown: how long they may go on.
    public func run(
        shutdown: Shutdown, stop: @escaping @Sendable () async -> Void
    ) async throws {
        let closing = Closing()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<concurrency {
                group.addTask {
                    try await work(until: closing)
                    return true
                }
            }
            group.addTask {
                await stop()
                closing.begin()
                try await Task.sleep(for: shutdown.time)
                return false
            }
            defer { group.cancelAll() }
            var left = concurrency
            while left > 0, let isWorker = try await group.next() {
                // The time is over: what is still executed is given back.
                if !isWorker { break }
                left -= 1
            }
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }
}

/// Whether a worker takes more runs.
final class Closing: Sendable {
    private struct State {
        var hasBegun = false
        var claims: [Int: @Sendable () -> Void] = [:]
        var lastClaim = 0
    }

    private let state = Mutex(State())

    var hasBegun: Bool { state.withLock { $0.hasBegun } }

    /// No more runs: the claims that wait are given up.
    func begin() {
        let claims = state.withLock { state in
            state.hasBegun = true
            defer { state.claims = [:] }
            return state.claims.values
        }
        for cancel in claims { cancel() }
    }

    /// Claims a run in a task that is cancelled when the closing begins; nil when there is none, or it was.
    func claim(_ body: @escaping @Sendable () async throws -> Run?) async throws -> Run? {
        let claiming = Task { try await body() }
        let number = state.withLock { state in
            state.lastClaim += 1
            state.claims[state.lastClaim] = { claiming.cancel() }
            return state.lastClaim
        }
        if hasBegun { claiming.cancel() }
        defer { state.withLock { $0.claims[number] = nil } }
        do {
            return try await withTaskCancellationHandler {
                try await claiming.value
            } onCancel: {
                claiming.cancel()
            }
        } catch is CancellationError where hasBegun && !Task.isCancelled {
            return nil
        }
    }
}

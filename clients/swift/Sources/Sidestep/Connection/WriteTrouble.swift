import Synchronization

/// Waiting for a daemon that cannot write now: its disk is full, it is being restarted, or too many requests are
/// without a reply. Nothing of the call was recorded, so the same call is made again.
package struct WriteTrouble {
    private let patience: Duration
    private let log: @Sendable (LogMessage) -> Void
    private var deadline: ContinuousClock.Instant?
    private var backoff = Backoff()

    /// - Parameters:
    ///   - patience: how long to wait in all.
    ///   - log: is told of a full disk.
    package init(
        patience: Duration, log: @escaping @Sendable (LogMessage) -> Void = { $0.printIfImportant() }
    ) {
        self.patience = patience
        self.log = log
    }

    private static let kinds: Set<SidestepError.Kind> = [
        .storageFull, .storageError, .overloaded, .shuttingDown,
    ]

    /// The limits that have room again by themselves: what is given up has no reply for a moment, and others of the
    /// user have requests as well.
    private static let windows: Set<String> = ["requests_in_flight", "user_requests_in_flight"]

    private static func passes(_ error: SidestepError) -> Bool {
        kinds.contains(error.kind)
            || error.kind == .limitExceeded && error.limit.map(windows.contains) == true
    }

    /// How long to wait before the call is made again; nil when it failed for another reason, or long enough.
    package mutating func pause(after error: SidestepError) -> Duration? {
        guard Self.passes(error) else { return nil }
        let end = deadline ?? .now + patience
        deadline = end
        guard end > .now else { return nil }
        say(error)
        return error.retryAfter ?? backoff.advance()
    }

    // MARK: Saying it

    private static let isSaid = Atomic(false)

    /// Says that a full disk is waited for: once for all calls, until one of them succeeds.
    private func say(_ error: SidestepError) {
        guard error.kind == .storageFull, !Self.isSaid.exchange(true, ordering: .relaxed) else { return }
        log(
            LogMessage(
                .warning, "\(error.message); waiting for space [\(error.kind)]", hint: error.hint))
    }

    /// A call succeeded after a wait.
    package func isOver() { if deadline != nil { Self.isSaid.store(false, ordering: .relaxed) } }
}

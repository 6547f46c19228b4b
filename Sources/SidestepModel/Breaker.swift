/// Whether calls to something outside are let through: after too many failures in a row they are not, for a while.
///
/// A pure state machine (closed, open, half open with one probe) whose values are stored, so that all processes
/// of a user share it and it outlives the daemon.
public struct Breaker: Sendable, Equatable {
    /// Which calls are let through; stored and shown by these words.
    public enum State: String, Sendable, CaseIterable {
        /// Everything is let through; failures are counted.
        case closed
        /// Nothing is let through until the cooldown is over.
        case open
        /// One call, the probe, tries whether it may close.
        case halfOpen = "half_open"
    }

    /// What a call is told.
    public enum Admission: Sendable, Equatable {
        case allowed
        /// Allowed, and everybody waits for what becomes of it.
        case probe
        /// Refused; worth asking again after so many milliseconds.
        case refused(retryAfterMilliseconds: Int64)
    }

    /// Failures in a row that open it, at least 1.
    public var maxFailures: Int64
    /// Milliseconds that it stays open.
    public var cooldownMilliseconds: Int64
    /// Where it stands now; only calls change it, so one whose cooldown is over stays `open` until the next.
    public var state = State.closed
    /// Failures in a row.
    public var failures: Int64 = 0
    /// When the cooldown began; nil while it is closed.
    public var opened: Instant?

    /// A closed one; the defaults hold for a breaker that nobody put.
    public init(maxFailures: Int64 = 5, cooldownMilliseconds: Int64 = 60_000) {
        self.maxFailures = maxFailures
        self.cooldownMilliseconds = cooldownMilliseconds
    }

    /// A call asks to be let through.
    public mutating func admit(at now: Instant) -> Admission {
        switch state {
        case .closed: return .allowed
        case .halfOpen: return .refused(retryAfterMilliseconds: 1000)
        case .open:
            let left = (opened ?? now).advanced(byMilliseconds: cooldownMilliseconds).milliseconds(since: now)
            if left > 0 { return .refused(retryAfterMilliseconds: left) }
            state = .halfOpen
            return .probe
        }
    }

    /// A call that was let through succeeded.
    public mutating func succeeded() {
        // One that was let through before it opened says nothing about now.
        if state == .open { return }
        self = Breaker(maxFailures: maxFailures, cooldownMilliseconds: cooldownMilliseconds)
    }

    /// A call that was let through failed.
    public mutating func failed(isProbe: Bool, at now: Instant) {
        if state == .open || (state == .halfOpen && !isProbe) { return }
        failures += 1
        guard isProbe || failures >= maxFailures else { return }
        state = .open
        opened = now
    }

    /// The probe's process died, and nobody knows what it would have said: another one may try.
    public mutating func probeLost() {
        if state == .halfOpen { state = .open }
    }
}

/// A moment: whole milliseconds since the Unix epoch, UTC.
public struct Instant: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// Takes any number, also one before 1970.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The earlier moment is less.
    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment `span` milliseconds later; saturates instead of trapping, since spans come from clients.
    public func advanced(byMilliseconds span: Int64) -> Instant {
        let (sum, overflow) = milliseconds.addingReportingOverflow(span)
        return Instant(milliseconds: overflow ? (span < 0 ? .min : .max) : sum)
    }

    /// Milliseconds from `other` to this moment.
    public func milliseconds(since other: Instant) -> Int64 {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(other.milliseconds)
        return overflow ? (milliseconds < other.milliseconds ? .min : .max) : difference
    }
}

/// Where the engine reads the time; the daemon passes the wall clock, tests a clock they move.
public protocol Clock: Sendable {
    /// The time of day; it may be set, also back (clock_gettime(2), CLOCK_REALTIME).
    func now() -> Instant
    /// Milliseconds since boot, time in which the machine slept included: clock_gettime(2), CLOCK_BOOTTIME.
    func sinceBoot() -> Int64
}

/// A clock that tests move: time passes as it does for a machine that slept.
public protocol MovableClock: Clock {
    /// Moves both readings forward.
    func advance(milliseconds: Int64)
}

/// Where the engine takes random bytes: ids, leases, tokens, jitter.
public protocol RandomSource: Sendable {
    /// `count` unpredictable bytes.
    func bytes(_ count: Int) -> [UInt8]
}

extension RandomSource {
    /// A number in `0..<1`, for jitter.
    public func fraction() -> Double {
        let value = bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Double(value) / 4_294_967_296
    }

    /// A non-negative random integer of 62 bits.
    public func integer() -> Int64 {
        Int64(bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 2)
    }
}

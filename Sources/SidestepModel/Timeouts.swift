/// How long a step may take; every span in milliseconds, nil is without limit.
public struct Timeouts: Sendable, Equatable {
    /// One attempt.
    public var startToClose: Int64?
    /// All attempts together, from the first begin.
    public var scheduleToClose: Int64?
    /// Between two signs of life of one attempt.
    public var heartbeat: Int64?

    /// Without limit in everything that is not named.
    public init(startToClose: Int64? = nil, scheduleToClose: Int64? = nil, heartbeat: Int64? = nil) {
        self.startToClose = startToClose
        self.scheduleToClose = scheduleToClose
        self.heartbeat = heartbeat
    }

    /// When an attempt expires and which limit that is; nil when nothing limits it.
    public func expiry(firstBegun: Instant, begun: Instant, lastSign: Instant) -> (
        at: Instant, which: String
    )? {
        let candidates: [(Instant, String)?] = [
            startToClose.map { (begun.advanced(byMilliseconds: $0), "start_to_close") },
            scheduleToClose.map { (firstBegun.advanced(byMilliseconds: $0), "schedule_to_close") },
            heartbeat.map { (lastSign.advanced(byMilliseconds: $0), "heartbeat") },
        ]
        return candidates.compactMap { $0 }.min { $0.0 < $1.0 }.map { (at: $0.0, which: $0.1) }
    }
}

/// Growing pauses between attempts to reconnect.
struct Backoff {
    /// The first pause; short, because a daemon that is restarted by systemd is back within milliseconds.
    var next: Duration = .milliseconds(20)
    /// No pause is longer than this.
    var longest: Duration = .seconds(1)

    /// The pause to make now; the one after it is twice as long.
    mutating func advance() -> Duration {
        defer { next = min(next * 2, longest) }
        return next
    }
}

extension Duration {
    /// Whole milliseconds, rounded down; never less than 0.
    package var milliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let whole = Int(attoseconds / 1_000_000_000_000_000)
        let (product, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
        return overflow ? .max : product &+ whole
    }
}

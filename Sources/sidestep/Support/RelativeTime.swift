import Glibc

/// Times as people say them.
enum RelativeTime {
    /// Milliseconds since the epoch.
    static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// An instant of the past: `3m ago`.
    static func ago(_ instant: Int) -> String { "\(span(max(0, now() - instant))) ago" }

    /// An instant of the future or the past: `in 3m`, `3m ago`.
    static func to(_ instant: Int) -> String {
        let distance = instant - now()
        return distance > 0 ? "in \(span(distance))" : ago(instant)
    }

    /// The time of day of an instant, here.
    static func clock(_ instant: Int) -> String {
        var (seconds, parts) = (time_t(instant / 1000), tm())
        localtime_r(&seconds, &parts)
        return [parts.tm_hour, parts.tm_min, parts.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }
            .joined(separator: ":")
    }

    /// A span in its largest sensible unit.
    static func span(_ milliseconds: Int) -> String {
        switch milliseconds {
        case ..<1000: "\(milliseconds)ms"
        case ..<60_000: "\(milliseconds / 1000)s"
        case ..<3_600_000: "\(milliseconds / 60_000)m"
        case ..<(48 * 3_600_000): "\(milliseconds / 3_600_000)h"
        default: "\(milliseconds / 86_400_000)d"
        }
    }
}

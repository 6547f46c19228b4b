import CSystemd
import Glibc

/// What systemd is told: sd_notify(3). Without systemd every call does nothing.
enum ServiceManager {
    /// - Parameter status: nil leaves what was said last.
    static func ready(_ status: String? = nil) {
        notify("READY=1" + (status.map { "\nSTATUS=\($0)" } ?? ""))
    }

    static func status(_ text: String) { notify("STATUS=\(text)") }
    static func reloading() { notify("RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds())") }
    static func stopping() { notify("STOPPING=1\nSTATUS=answering what was read") }
    static func alive() { notify("WATCHDOG=1") }

    /// Whether somebody hears what is told.
    static var isThere: Bool { getenv("NOTIFY_SOCKET") != nil }

    /// Milliseconds between two signs of life: half of what systemd waits for; nil when it does not watch.
    static var watchdogMilliseconds: Int64? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return Int64(microseconds / 2000)
    }

    private static func notify(_ state: String) { sd_notify(0, state) }

    private static func monotonicMicroseconds() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }
}

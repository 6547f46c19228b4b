import Glibc

/// How a child of ours ended.
public struct ChildEnd: Sendable, Equatable {
    /// The signal that ended it; nil when it ended by itself.
    public let signal: Int32?
    /// The exit status as shells give it: 128 + n for signal n.
    public let status: Int32

    /// - Parameter status: what waitpid(2) wrote.
    public init(waited status: Int32) {
        let number = status & 0x7F
        signal = number == 0 ? nil : number
        self.status = number == 0 ? (status >> 8) & 0xFF : 128 + number
    }

    /// Waits for the end of a child; nil, and `errno`, when somebody else has waited for it: how it ended is not known.
    public static func wait(for pid: pid_t) -> ChildEnd? {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 { if errno != EINTR { return nil } }
        return ChildEnd(waited: status)
    }

    /// Whether a child is only there to be waited for; also when somebody else has done so.
    ///
    /// Not by a pidfd, which not every kernel and sandbox gives.
    public static func hasCome(to pid: pid_t) -> Bool {
        var info = siginfo_t()
        // waitid(2): with WNOHANG the signal's number is 0 when there is nothing to tell.
        return waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_signo != 0
    }
}

import Glibc

/// The terminal at standard input as it was when a program began.
///
/// The program shares it with us: the kernel sends keys and changes of size to the foreground group, which is
/// ours.
struct Terminal {
    private let modes: termios
    private let wasForeground: Bool

    /// nil when standard input is no terminal.
    init?() {
        var modes = termios()
        guard tcgetattr(0, &modes) == 0 else { return nil }
        self.modes = modes
        wasForeground = tcgetpgrp(0) == getpgrp()
    }

    /// Makes it fit for use again, after a program that ended with this status.
    ///
    /// A program that a signal ended had no time for that. One that exited may have meant what it set, as
    /// stty(1) does.
    func restore(after status: Int32) {
        guard wasForeground else { return }
        // Both calls stop a process that is not in the foreground, tcsetattr(3), unless this is ignored.
        let old = signal(SIGTTOU, SIG_IGN)
        defer { signal(SIGTTOU, old) }
        // A shell makes a group for itself the foreground; killed, it leaves one that is not there.
        let foreground = tcgetpgrp(0)
        if foreground != getpgrp() {
            guard foreground < 0 || kill(-foreground, 0) != 0 && errno == ESRCH else { return }
            tcsetpgrp(0, getpgrp())
        }
        var modes = modes
        if status > 128 { tcsetattr(0, TCSADRAIN, &modes) }
    }
}

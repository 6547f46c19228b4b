import Glibc

/// How large the terminal is that somebody reads at: ioctl_tty(2), TIOCGWINSZ.
struct TerminalSize {
    let columns: Int
    let lines: Int

    /// That of standard output; 80 by 24 where it does not say.
    static var current: TerminalSize {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return TerminalSize(columns: 80, lines: 24)
        }
        return TerminalSize(columns: Int(size.ws_col), lines: Int(size.ws_row))
    }
}

import Glibc

/// How large the terminal is that somebody reads at: ioctl_tty(2), TIOCGWINSZ.
enum TerminalSize {
    /// Its columns; 80 where there is none.
    static var columns: Int {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return max(40, Int(size.ws_col))
    }
}

import Glibc

/// The listening socket that systemd hands over: sd_listen_fds(3).
enum HandedSocket {
    /// - Returns: its descriptor; nil when there is none for this process.
    static func take(_ environment: [String: String]) -> Int32? {
        guard environment["LISTEN_PID"].flatMap({ pid_t($0) }) == getpid(),
            let count = environment["LISTEN_FDS"].flatMap({ Int($0) }), count > 0
        else { return nil }
        // What we start is not to take it for its own.
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        _ = fcntl(3, F_SETFD, FD_CLOEXEC)
        return 3
    }
}

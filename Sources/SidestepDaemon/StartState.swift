import CShims
import Glibc
import SidestepHost

/// The state in which the daemon works, whoever started it: one daemon serves all callers, and must not be
/// the child of the first of them.
enum StartState {
    /// Whatever the program does: nothing is printed into a file of ours, no file is made for everybody.
    static func settle() {
        Inheritance.openStandardDescriptors()
        Inheritance.resetSignals()
        umask(0o077)
    }

    /// What serving needs besides.
    static func settleForServing(_ environment: [String: String]) {
        Inheritance.closeDescriptors(from: 3 + handedOver(environment))
        // A client that went away, and a limit of RLIMIT_FSIZE, are errors of a write and not the end.
        for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
        // What libraries say to syslog(3) is no operator's business: libdispatch complains of each of its threads
        // whose priority it may not raise.
        setlogmask(1 << LOG_EMERG)
        ResourceLimits.raise()
    }

    /// How many sockets systemd hands over, from descriptor 3 on: sd_listen_fds(3).
    private static func handedOver(_ environment: [String: String]) -> Int32 {
        guard environment["LISTEN_PID"] == "\(getpid())", let count = Int32(environment["LISTEN_FDS"] ?? ""),
            count > 0
        else { return 0 }
        return min(count, 1024)
    }

    // MARK: Started by a client

    /// Begins anew as if nobody in particular had started us: without the variables that are the caller's
    /// own affair (keys, the socket of its service manager, its run), at the priority of every other
    /// program.
    ///
    /// Programs of steps get our variables, and for some they are the keys of another agent. They are not
    /// only removed but the program is executed again: what was once in the environment can be read in
    /// /proc/PID/environ.
    static func forgetCaller() {
        var usual = sched_param()
        sched_setscheduler(0, SCHED_OTHER, &usual)
        if getpriority(Self.ofProcess, 0) > 0 { setpriority(Self.ofProcess, 0, 0) }
        var kept: [UnsafeMutablePointer<CChar>?] = []
        var entry = environ
        while let text = entry.pointee {
            if isOurs(String(String(cString: text).prefix { $0 != "=" })) { kept.append(text) }
            entry += 1
        }
        guard kept.count < entry - environ else { return }
        kept.append(nil)
        execve("/proc/self/exe", shim_arguments(), kept)
        // Without /proc. What is left of them is in our memory, which nobody else can read.
        for (index, text) in kept.enumerated() { environ[index] = text }
    }

    /// Whether a variable tells about the user and the machine, or about us.
    static func isOurs(_ name: String) -> Bool {
        known.contains(name) || ["LC_", "XDG_"].contains { name.hasPrefix($0) }
            || name.hasPrefix("SIDESTEP_") && !ofRun.contains(name)
    }

    /// Besides the user's, those without which the program would not load, or not say what is wrong with it.
    private static let known: Set<String> = [
        "HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "LANGUAGE", "TZ", "TZDIR", "TMPDIR",
        "LD_LIBRARY_PATH", "SWIFT_BACKTRACE", "ASAN_OPTIONS", "TSAN_OPTIONS",
    ]
    private static let ofRun: Set<String> = [
        "SIDESTEP_RUN", "SIDESTEP_LEASE", "SIDESTEP_STEP", "SIDESTEP_IDEMPOTENCY_KEY", "SIDESTEP_EXECUTION",
    ]

    private static let ofProcess = __priority_which_t(PRIO_PROCESS.rawValue)

    // MARK: What stays

    /// What was inherited and cannot, or may not, be set back: sentences for the log.
    static var remarks: [String] {
        var found = ResourceLimits.tight
        let nice = getpriority(ofProcess, 0)
        if nice != 0 { found.append("the daemon was started with nice \(nice), and so are its programs") }
        let policy = sched_getscheduler(0)
        if policy != SCHED_OTHER {
            found.append(
                "the daemon was started with scheduling policy \(policy) (sched(7)), and so are its programs")
        }
        return found
    }
}

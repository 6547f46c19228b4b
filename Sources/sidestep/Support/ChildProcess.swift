@preconcurrency import Glibc
import Sidestep
import SidestepHost

/// A program that was started, for as long as nobody has waited for its end.
struct ChildProcess {
    /// Where a stream of the program goes, or comes from.
    enum Stream {
        case descriptor(Int32)
        /// `/dev/null`.
        case nowhere
    }

    /// How a program ended.
    struct End {
        /// The signal that ended it; nil when it ended by itself.
        let signal: Int32?
        /// The exit status as shells give it: 128 + n for signal n.
        let status: Int32

        /// - Parameter status: what waitpid(2) wrote.
        init(waited status: Int32) {
            let number = status & 0x7F
            signal = number == 0 ? nil : number
            self.status = number == 0 ? (status >> 8) & 0xFF : 128 + number
        }
    }

    let pid: pid_t

    /// Starts a program; streams that are not named are ours, and no signal is blocked, nor ignored for our
    /// sake.
    ///
    /// - Parameters:
    ///   - arguments: the program, looked for as shells do, and its arguments.
    ///   - program: where the program is, when its first argument does not say it.
    ///   - ownGroup: whether it leads a process group of its own.
    /// - Returns: the program, or why it could not be started: a number of errno(3).
    static func start(
        _ arguments: [String], _ environment: Environment, at program: String? = nil,
        streams: [Int32: Stream], ownGroup: Bool = false
    ) -> (child: ChildProcess?, problem: Int32) {
        ProgramArguments.withCStrings(arguments) { vector in
            environment.withCStrings { environment in
                let start = { (path: UnsafePointer<CChar>) in
                    Self.start(path, vector, environment, streams: streams, ownGroup: ownGroup)
                }
                return program?.withCString(start) ?? start(vector[0]!)
            }
        }
    }

    /// The same with C strings.
    static func start(
        _ path: UnsafePointer<CChar>, _ vector: UnsafePointer<UnsafeMutablePointer<CChar>?>,
        _ environment: UnsafePointer<UnsafeMutablePointer<CChar>?>, streams: [Int32: Stream],
        ownGroup: Bool = false
    ) -> (child: ChildProcess?, problem: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (stream, target) in streams {
            switch target {
            case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, stream)
            case .nowhere: posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
            }
        }
        var attributes = attributes(ownGroup: ownGroup)
        defer { posix_spawnattr_destroy(&attributes) }
        var pid: pid_t = 0
        let problem = posix_spawnp(&pid, path, &actions, &attributes, vector, environment)
        return problem == 0 ? (ChildProcess(pid: pid), 0) : (nil, problem)
    }

    private static func attributes(ownGroup: Bool) -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        // The one that we ignore ourselves (SignalRelay).
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let group = ownGroup ? POSIX_SPAWN_SETPGROUP : 0
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))
        return attributes
    }

    /// Whether it has ended: it is still there to be waited for. SIGCHLD tells when to ask.
    ///
    /// Not by a pidfd, which not every kernel and sandbox gives.
    var hasEnded: Bool {
        var info = siginfo_t()
        // waitid(2): with WNOHANG the signal's number is 0 when there is nothing to tell.
        return waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_signo != 0
    }

    /// Waits for the end.
    ///
    /// - Throws: `SidestepError` when somebody else has waited for it: how it ended is not known then, and
    /// never taken
    ///   for a success.
    func wait() throws -> End {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno != EINTR else { continue }
            throw SidestepError(
                .outcomeUnknown, "how process \(pid) ended is not known: \(String(cString: strerror(errno)))",
                hint: "it is begun again by the next start; look at what it did before")
        }
        return End(waited: status)
    }

    /// Waits for every child that has ended but this one: process 1 is the parent of all that have lost
    /// theirs.
    func reapOthers() { Self.reapAll(but: pid) }

    /// - Parameter kept: the child that somebody else waits for; 0 for none.
    static func reapAll(but kept: pid_t = 0) {
        while true {
            var info = siginfo_t()
            guard waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0, info.si_signo != 0 else {
                return
            }
            let pid = info._sifields._sigchld.si_pid
            if pid == kept { return }
            waitpid(pid, nil, WNOHANG)
        }
    }
}

extension SidestepError.Kind {
    /// A program has ended, and nobody knows how.
    static let outcomeUnknown = Self(rawValue: "outcome_unknown")
}

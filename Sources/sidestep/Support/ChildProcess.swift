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
        var signals = sigset_t()
        sigemptyset(&signals)
        // The one that we ignore ourselves (SignalRelay).
        sigaddset(&signals, SIGPIPE)
        return Spawning.attributes(defaulting: signals, ownGroup: ownGroup)
    }

    /// Whether it has ended: it is still there to be waited for. SIGCHLD tells when to ask.
    var hasEnded: Bool { ChildEnd.hasCome(to: pid) }

    /// Waits for the end.
    ///
    /// - Throws: `SidestepError` when somebody else has waited for it: how it ended is not known then, and
    /// never taken
    ///   for a success.
    func wait() throws -> ChildEnd {
        if let end = ChildEnd.wait(for: pid) { return end }
        throw SidestepError(
            .outcomeUnknown, "how process \(pid) ended is not known: \(String(cString: strerror(errno)))",
            hint: "it is begun again by the next start; look at what it did before")
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

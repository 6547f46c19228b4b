@preconcurrency import Glibc
import Sidestep

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

    /// Starts a program; streams that are not named are ours.
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
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (stream, target) in streams {
            switch target {
            case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, stream)
            case .nowhere: posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
            }
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        if ownGroup {
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
            posix_spawnattr_setpgroup(&attributes, 0)
        }
        var pid: pid_t = 0
        let problem = CStrings.with(arguments) { vector in
            environment.withCStrings {
                posix_spawnp(&pid, program ?? arguments[0], &actions, &attributes, vector, $0)
            }
        }
        return problem == 0 ? (ChildProcess(pid: pid), 0) : (nil, problem)
    }

    /// Waits for the end, which nobody else may wait for.
    func wait() -> End {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return End(waited: status)
    }
}

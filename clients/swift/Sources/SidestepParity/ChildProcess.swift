import Sidestep
import SidestepLibC

/// A process of the pass, talked to over one socket that is its standard input and output.
final class ChildProcess {
    let pid: pid_t
    /// Our end; -1 when the process got none.
    let descriptor: Int32
    private var status: Int32?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - talks: whether its standard input and output lead to us; else they are `/dev/null`.
    ///   - log: where its standard error goes; nil leaves it with ours.
    init(_ arguments: [String], talks: Bool, log: String? = nil, environment: Environment = .current) throws {
        var ends: [Int32] = [-1, -1]
        if talks { socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for standard in [Int32(0), 1] {
            if talks {
                posix_spawn_file_actions_adddup2(&actions, ends[1], standard)
            } else {
                posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0)
            }
        }
        if let log {
            posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        var pid: pid_t = 0
        let status = CStrings.with(arguments) { vector in
            environment.withCStrings { posix_spawnp(&pid, arguments[0], &actions, nil, vector, $0) }
        }
        if talks { close(ends[1]) }
        guard status == 0 else {
            throw Mismatch("cannot start \(arguments[0]): \(String(cString: strerror(status)))")
        }
        self.pid = pid
        descriptor = ends[0]
    }

    func send(signal: Int32) {
        if status == nil { kill(pid, signal) }
    }

    /// Waits for its end; returns the signal that ended it, or nil.
    @discardableResult
    func wait() -> Int32? {
        if status == nil {
            var value: Int32 = 0
            while waitpid(pid, &value, 0) < 0 && errno == EINTR {}
            status = value
        }
        let signal = status! & 0x7F
        return signal == 0 ? nil : signal
    }

    func end() {
        send(signal: SIGKILL)
        send(signal: SIGCONT)
        wait()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}

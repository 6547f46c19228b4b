import SidestepLibC

/// A process in a session of its own that outlives this one and is not its child.
///
/// A shell starts it in the background and ends: the process then belongs to init, so it leaves no zombie
/// here and needs nobody to wait for it. posix_spawn(3) alone would make it our child, and Swift has no
/// fork(2).
package struct DetachedProcess {
    package let pid: pid_t
    private let log: String
    private let logStart: off_t

    /// Starts a command with no input, its output appended to `log`.
    package static func start(_ command: [String], log: String) throws(Reason) -> DetachedProcess {
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Reason(text: "cannot write \(log): \(SystemError("open").message)")
        }
        defer { close(descriptor) }
        let start = lseek(descriptor, 0, SEEK_END)
        let pid = try launch(command, output: descriptor)
        return DetachedProcess(pid: pid, log: log, logStart: start)
    }

    /// Whether it has not ended; its corpse stays where nobody waits for orphans.
    package var isAlive: Bool {
        guard kill(pid, 0) == 0 || errno == EPERM else { return false }
        let descriptor = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        // The state stands behind the name, which may hold anything: proc(5).
        let line = Self.readAll(descriptor)
        guard let close = line.lastIndex(of: ")") else { return true }
        return !line[close...].hasPrefix(") Z")
    }

    /// The last line it wrote since it was started.
    package var lastWords: String {
        let descriptor = open(log, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "no output" }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = pread(descriptor, &buffer, buffer.count, logStart)
        let text = String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
        return text.split(separator: "\n").last.map(String.init) ?? "no output"
    }

    private static let script = "\"$@\" </dev/null >&2 & echo $!"

    private static func launch(_ command: [String], output: Int32) throws(Reason) -> pid_t {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Reason(text: SystemError("pipe").message) }
        defer { close(ends[0]) }
        let shell = CStrings.with(["sh", "-c", script, "sh"] + command) { vector in
            System.spawn("/bin/sh", vector, standardOutput: ends[1], standardError: output)
        }
        close(ends[1])
        let answer = readAll(ends[0])
        guard let shell else {
            throw Reason(text: "cannot run /bin/sh: \(SystemError("posix_spawn").message)")
        }
        var status: Int32 = 0
        while waitpid(shell, &status, 0) < 0 && errno == EINTR {}
        guard let pid = pid_t(answer.filter(\.isNumber)) else {
            throw Reason(text: "/bin/sh started nothing")
        }
        return pid
    }

    private static func readAll(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &buffer, buffer.count)
        return String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
    }
}

import Glibc

/// Starts `sidestepd` for this user, detached, at most one at a time.
struct Autostart {
    let listenAt: SocketCandidates.Candidate
    let environment: Environment
    /// How long a started daemon may take until it accepts.
    var patience: Duration = .seconds(10)

    /// A connection to a daemon that was started now, or by somebody else in the meantime.
    func connect() throws(Reason) -> UnixSocket {
        try PrivateDirectory.make(listenAt.directory)
        if listenAt.mustBePrivate { try PrivateDirectory.check(listenAt.directory) }
        let lock = try StartLock(path: listenAt.directory + "/sidestepd.start")
        defer { lock.release() }
        if let socket = try? UnixSocket(path: listenAt.path) { return socket }
        let executable = try findExecutable()
        return try wait(for: try DetachedProcess.start(command(executable), log: logFile))
    }

    private var logFile: String { listenAt.directory + "/sidestepd.log" }

    /// Autostarted: the daemon keeps nothing of what we have, descriptors and variables included.
    private func command(_ executable: String) -> [String] {
        [executable, "--user", "--socket", listenAt.path, "--autostarted"]
    }

    private func findExecutable() throws(Reason) -> String {
        let places = DaemonExecutable.places(environment: environment)
        if let found = places.first(where: { access($0, X_OK) == 0 }) { return found }
        throw Reason(text: "sidestepd is not on PATH, not beside this program and SIDESTEPD does not name it")
    }

    private func wait(for process: DetachedProcess) throws(Reason) -> UnixSocket {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if let socket = try? UnixSocket(path: listenAt.path) { return socket }
            guard process.isAlive else { throw Reason(text: "sidestepd ended at once: \(process.lastWords)") }
            usleep(5000)
        }
        throw Reason(text: "sidestepd (pid \(process.pid)) did not accept within \(patience); see \(logFile)")
    }
}

/// Where the daemon's program may be.
enum DaemonExecutable {
    /// Paths in the order of preference: `SIDESTEPD`, beside this program, the search path.
    static func places(environment: Environment, ownDirectory: String? = ownDirectory()) -> [String] {
        if let named = environment["SIDESTEPD"] { return [named] }
        let path = (environment["PATH"] ?? "/usr/local/bin:/usr/bin").split(separator: ":").map {
            "\($0)/sidestepd"
        }
        return (ownDirectory.map { ["\($0)/sidestepd"] } ?? []) + path
    }

    private static func ownDirectory() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            readlink("/proc/self/exe", bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard count > 0 else { return nil }
        let path = String(decoding: buffer[..<count], as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
}

/// A lock file, so that two programs that find no daemon start one, not two.
struct StartLock {
    private let descriptor: Int32

    init(path: String) throws(Reason) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Reason(text: "cannot lock \(path): \(SystemError("open").message)")
        }
        while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
    }

    func release() { close(descriptor) }
}

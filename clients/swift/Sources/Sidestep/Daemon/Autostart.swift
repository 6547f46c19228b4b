import SidestepLibC
import SidestepPlaces

/// Starts `sidestepd` for this user, detached, at most one at a time, and says so once.
struct Autostart {
    let socket: String
    let database: String
    let places: Places
    let environment: Environment
    /// How long a started daemon may take until it accepts.
    var patience: Duration = .seconds(10)

    private var directory: String { socket.directory }
    private var logFile: String { directory + "/sidestepd.log" }

    /// A connection to a daemon that was started now, or by somebody else in the meantime.
    func connect() throws -> UnixSocket {
        try makeDirectory()
        let lock = try StartLock(path: directory + "/start.lock")
        defer { lock.release() }
        var search = Search(places: places)
        if let found = search.connectToOwn() ?? search.connect(to: socket, "yours", isOwn: true) {
            return found
        }
        let executable = try findExecutable()
        let started = try wait(for: try DetachedProcess.start(command(executable), log: logFile))
        announce()
        return started
    }

    /// The usual one is made; another one has to be there.
    private func makeDirectory() throws(Reason) {
        let isUsual = socket == places.standardSocket
        if isUsual, mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw Reason(text: "cannot make \(directory): \(SystemError("mkdir").message)")
        }
        let isTemporary = isUsual && places.runtime.isTemporary
        if let reason = SocketTrust.refusal(
            ofDirectory: directory, for: places.user, isTemporary: isTemporary)
        {
            throw Reason(text: "no daemon is started: \(reason)")
        }
    }

    /// Autostarted: the daemon keeps nothing of what we have, descriptors and variables included.
    private func command(_ executable: String) -> [String] {
        [executable, "--user", "--autostarted", "--socket", socket]
    }

    /// A daemon that was not asked for is no secret: which files it has decides which runs there are.
    private func announce() {
        guard environment["SIDESTEP_AUTOSTART"] != "quiet" else { return }
        let text =
            "sidestep: started a daemon for \(places.user.name): socket \(socket), database \(database), "
            + "log \(logFile)\n"
        _ = text.withCString { write(2, $0, strlen($0)) }
    }

    private func findExecutable() throws(Reason) -> String {
        let candidates = DaemonExecutable.places(environment: environment)
        if let found = candidates.first(where: { access($0, X_OK) == 0 }) { return found }
        throw Reason(text: "sidestepd is not on PATH, not beside this program and SIDESTEPD does not name it")
    }

    private func wait(for process: DetachedProcess) throws(Reason) -> UnixSocket {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if let socket = try? UnixSocket(path: socket) { return socket }
            guard process.isAlive else { throw Reason(text: "sidestepd ended at once: \(process.lastWords)") }
            Threads.pause(.milliseconds(5))
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
        System.ownProgram?.directory
    }
}

/// A lock file, so that two programs that find no daemon start one, not two; all clients use the same.
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

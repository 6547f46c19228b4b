import Glibc
import Logging
import NIOCore
import NIOPosix
import SidestepEngine
import SidestepExecutors
import SidestepHost
import SidestepModel
import SidestepServer
import SidestepSQLite
import SidestepStore
import Synchronization

/// The daemon, put together: opens, listens, serves until a signal, and leaves in order.
public final class Daemon {
    public static let version = "0.1.0"

    private let configuration: Configuration
    private let log: Logger
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let database: SQLiteDatabase
    private let storage: StorageWatch
    private let coordinator: Coordinator
    private let server: SocketServer
    private let socket: ListeningSocket
    private let http = HTTPDriver()
    private let executors: StepExecutors
    private var watchdog: RepeatedTask?
    private var tidying: RepeatedTask?
    private var reaping: RepeatedTask?
    private var idleExit: IdleExit?

    /// Opens database and socket; nothing is served yet.
    public init(_ configuration: Configuration, log: Logger) throws {
        self.configuration = configuration
        self.log = log
        let environment = Self.environment(configuration)
        let loop = group.next()
        let clockSet = Mutex<Coordinator?>(nil)
        let engineLoop = try NIOEngineLoop(loop) { clockSet.withLock { $0 }?.clockWasSet() }
        let watcher = try ProcessWatcher(log: log)
        let coordinator = Coordinator(environment: environment, loop: engineLoop, processes: watcher)
        clockSet.withLock { $0 = coordinator }
        self.coordinator = coordinator
        try makeDirectory(of: configuration.database, mode: 0o700)
        let faults = FaultLog(log, environment.clock)
        let leaving = Leaving(log)
        let storage = StorageWatch(log, environment.clock)
        self.storage = storage
        database = try SQLiteDatabase(
            path: configuration.database, onSettled: { coordinator.settled($0, $1) },
            onFatal: { leaving.begin($0) }, onFault: { faults.note($0) }, news: { storage.note($0) })
        leaving.watch(database)
        if let name = database.logSetAside {
            log.warning(
                "the log of another file that had the database's name was set aside",
                metadata: ["log": "\(name)"])
        }
        socket =
            try ListeningSocket.inherited() ?? .bind(configuration.socket, isSystem: configuration.isSystem)
        coordinator.courier = Courier(
            coordinator: coordinator, carrier: Self.carrier(http, configuration, environment.clock))
        executors = Self.executors(http, configuration, watcher)
        coordinator.executions = Executions(coordinator: coordinator, executor: executors)
        coordinator.attach(
            writer: database.writer, readers: database.readers, maintenance: database.maintenance)
        server = try SocketServer(
            coordinator: coordinator, environment: environment, loop: loop, limits: configuration.limits,
            administrators: Administrators(
                uid: geteuid(), gid: configuration.adminGroup.flatMap(Self.groupID)),
            information: Self.information(configuration, environment.clock.now(), database, storage),
            log: log)
    }

    /// Serves until SIGTERM or SIGINT. The signals have to be blocked in every thread
    /// before the first one is made.
    public func run(_ signals: StopSignals, reload: () -> Void) throws {
        try recover()
        try server.listen(on: socket.descriptor)
        startWatchdog()
        startTidying()
        startReaping()
        startIdleExit()
        ServiceManager.ready("serving \(configuration.database)")
        log.notice(
            "ready", metadata: ["socket": "\(configuration.socket)", "database": "\(configuration.database)"])
        while let signal = signals.next() {
            guard signal == SIGHUP else { break }
            ServiceManager.reloading()
            reload()
            ServiceManager.ready("serving \(configuration.database)")
        }
        stop()
    }

    /// Gives the runs of dead owners free before the first client can ask for them.
    private func recover() throws {
        let loop = group.next()
        let promise = loop.makePromise(of: RecoveryState.self)
        database.readers.read(for: -1) { store in promise.completeWith(Result { try RecoveryState(store) }) }
        let state = try promise.futureResult.wait()
        let coordinator = coordinator
        try loop.submit {
            coordinator.recover(state.runs, steps: state.steps, executions: state.executions)
        }.wait()
        if !state.runs.isEmpty { log.info("took up \(state.runs.count) owned runs") }
    }

    private func startWatchdog() {
        guard let interval = ServiceManager.watchdogMilliseconds else { return }
        watchdog = group.next().scheduleRepeatedTask(
            initialDelay: .zero, delay: .milliseconds(interval)
        ) { _ in ServiceManager.alive() }
    }

    /// Every few seconds: a log that is too long although nobody writes, a disk that has space again.
    private func startTidying() {
        let (database, span) = (database, TimeAmount.seconds(10))
        tidying = group.next().scheduleRepeatedTask(initialDelay: span, delay: span) { _ in database.tidy() }
    }

    /// In a container we may be process 1, and so the parent of all that have lost theirs.
    private func startReaping() {
        guard getpid() == 1 else { return }
        let executors = executors
        reaping = group.next().scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            executors.reapOrphans()
        }
    }

    private func startIdleExit() {
        let span = configuration.idleExitMilliseconds
        guard span > 0 else { return }
        guard socket.ownedPath == nil else {
            return log.warning("idle_exit_ms is for a socket that systemd holds; this daemon stays")
        }
        let idleExit = IdleExit(afterMilliseconds: span, loop: group.next(), server, coordinator, log)
        self.idleExit = idleExit
        try? group.next().submit { idleExit.start() }.wait()
    }

    private func stop() {
        ServiceManager.stopping()
        log.notice("stopping")
        server.drain()
        stopExecutions()
        http.close()
        // What was read is in the writer's queue already; five seconds are for a disk that takes its time.
        for _ in 0..<500 where !server.isIdle { usleep(10_000) }
        database.close()
        if let path = socket.ownedPath { unlink(path) }
        try? group.syncShutdownGracefully()
        log.notice("stopped")
    }

    /// Programs are told to end, and get as long as replies get to leave; the next start takes the steps up.
    private func stopExecutions() {
        let (loop, coordinator) = (group.next(), coordinator)
        try? loop.submit { coordinator.executions?.stop() }.wait()
        for _ in 0..<500 {
            if (try? loop.submit { coordinator.executions?.isIdle ?? true }.wait()) != false { return }
            usleep(10_000)
        }
    }

    private static func environment(_ configuration: Configuration) -> Environment {
        var settings = EngineSettings()
        settings.reconnectGraceMilliseconds = configuration.reconnectGraceMilliseconds
        settings.restartGraceMilliseconds = configuration.restartGraceMilliseconds
        settings.retentionMilliseconds =
            configuration.retentionDays == 0
            ? nil : Int64(min(configuration.retentionDays, 36_500)) * 86_400_000
        settings.limits = configuration.limits
        settings.daemonUser = geteuid()
        settings.allowsEveryExec = configuration.execUsers.contains("*")
        settings.execUsers = Set(configuration.execUsers.compactMap(userID))
        return Environment(
            clock: WallClock(), random: KernelRandom(), boot: ProcessTable.bootID, settings: settings,
            zones: HostTimeZones(getenv("TZDIR").map { String(cString: $0) } ?? "/usr/share/zoneinfo"))
    }

    private static func carrier(
        _ http: HTTPDriver, _ configuration: Configuration, _ clock: any SidestepModel.Clock
    ) -> WebhookCarrier {
        WebhookCarrier(
            driver: http, credentials: credentials(configuration), policy: policy(configuration),
            clock: clock,
            version: version)
    }

    private static func credentials(_ configuration: Configuration) -> Credentials {
        let systemd = getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) }
        return Credentials(systemd: systemd, own: configuration.credentialsDirectory)
    }

    private static func executors(
        _ http: HTTPDriver, _ configuration: Configuration, _ watcher: ProcessWatcher
    ) -> StepExecutors {
        let credentials = credentials(configuration)
        return StepExecutors(
            programs: ProgramExecutor(
                socket: configuration.socket, environment: DaemonMain.processEnvironment(),
                credentials: credentials, identify: { watcher.identity(of: $0) }),
            requests: RequestExecutor(
                driver: http, credentials: credentials, policy: policy(configuration), version: version))
    }

    /// Where requests may go: those of steps, and those to webhooks.
    private static func policy(_ configuration: Configuration) -> RequestPolicy {
        var policy = RequestPolicy()
        policy.allowsPrivate = configuration.httpAllowsPrivate
        policy.hosts = configuration.httpHosts.map { $0.lowercased() }
        policy.proxy = configuration.httpProxy
        return policy
    }

    /// The number of a user, by name or as it stands; nil when there is none.
    private static func userID(_ name: String) -> UInt32? {
        UInt32(name) ?? getpwnam(name).map { $0.pointee.pw_uid }
    }

    private static func information(
        _ configuration: Configuration, _ now: Instant, _ database: SQLiteDatabase, _ storage: StorageWatch
    ) -> DaemonInformation {
        DaemonInformation(
            version: version, pid: getpid(), started: now, socket: configuration.socket,
            database: database.path,
            storeVersion: SQLiteDatabase.sqliteVersion, databaseBytes: { database.bytes },
            storage: { storage.condition })
    }

    private static func groupID(_ name: String) -> UInt32? { getgrnam(name)?.pointee.gr_gid }
}

/// SIGTERM, SIGINT and SIGHUP, taken one by one by the thread that asks: sigwait(3).
public struct StopSignals {
    private var set = sigset_t()

    /// Blocks them in this thread and in all that it makes.
    public init() {
        sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    func next() -> Int32? {
        var signal: Int32 = 0
        var waited = set
        return sigwait(&waited, &signal) == 0 ? signal : nil
    }
}

import Glibc
import Logging
import NIOCore
import NIOPosix
import SidestepEngine
import SidestepExecutors
import SidestepHTTPClient
import SidestepHost
import SidestepModel
import SidestepServer
import SidestepSettings
import SidestepStore
import Synchronization

/// The daemon, put together: opens, listens, serves until a signal, and leaves in order.
public final class Daemon {
    /// What `--version` and `hello` say.
    public static let version = "0.1.0"

    private var settings: EffectiveSettings
    private let log: Logger
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let engineLoop: NIOEngineLoop
    private let database: any StoreDatabase
    private let environment: Environment
    private let coordinator: Coordinator
    private let status: StatusReporter
    private let server: SocketServer
    private var socket: ListeningSocket
    private let isPrivate: Bool
    private let http = HTTPDriver()
    private let credentials: Current<Credentials>
    private let policy: Current<RequestPolicy>
    private let spanTarget: Current<SpanTarget>
    private let executors: StepExecutors
    private var watchdog: RepeatedTask?
    private var socketKeeper: SocketKeeper?
    private var tidying: RepeatedTask?
    private var reaping: RepeatedTask?
    private var idleExit: IdleExit?

    /// Opens database and socket; nothing is served yet.
    ///
    /// - Parameters:
    ///   - isPrivate: a client started it for its user.
    ///   - open: opens the store.
    public init(
        _ settings: EffectiveSettings, isPrivate: Bool = false, clock: any SidestepModel.Clock, log: Logger,
        open: StoreOpening
    ) throws {
        let configuration = settings.values
        self.settings = settings
        self.isPrivate = isPrivate
        self.log = log
        let environment = Self.environment(configuration, clock)
        self.environment = environment
        credentials = Current(configuration.credentials)
        policy = Current(configuration.requestPolicy)
        spanTarget = Current(configuration.spanTarget)
        let loop = group.next()
        let clockSet = Mutex<Coordinator?>(nil)
        engineLoop = try NIOEngineLoop(loop) { clockSet.withLock { $0 }?.clockWasSet() }
        let watcher = try ProcessWatcher(log: log)
        try makeDirectory(of: configuration.database, mode: 0o700)
        let inherited = try ListeningSocket.inherited(expected: configuration.socket)
        if !isPrivate { PrivateDaemon.askToLeave(configuration.database, log) }
        let notices = NoticeLog(log, environment.clock, loop)
        let leaving = Leaving(log)
        let lookAgain = Mutex<StatusReporter?>(nil)
        let storage = StorageWatch(
            environment, tell: { notice in loop.execute { notices.tell(notice) } },
            changed: { loop.execute { lookAgain.withLock { $0 }?.look() } })
        let settled = SettledBatches()
        database = try open(
            configuration.database, Self.holder(inherited?.path ?? configuration.socket, isPrivate),
            clock,
            StoreListener(
                settled: { settled.add($0, $1) }, ended: { leaving.begin($0) },
                fault: { storage.note($0) }, news: { storage.note($0) },
                committed: { [environment] in environment.meters.committed(calls: $0, nanoseconds: $1) }))
        leaving.watch(database)
        for finding in database.findings {
            log.warning("\(finding.sentence)", metadata: finding.facts.mapValues { "\($0)" })
        }
        let coordinator = Coordinator(
            environment: environment, loop: engineLoop, processes: watcher, store: database, settled: settled)
        self.coordinator = coordinator
        clockSet.withLock { $0 = coordinator }
        coordinator.onNotice = { notices.tell($0) }
        let status = StatusReporter(coordinator, environment)
        self.status = status
        lookAgain.withLock { $0 = status }
        socket = try inherited ?? .bind(configuration.socket, isSystem: configuration.isSystem)
        executors = try Self.executors(
            socket.path, http, credentials, policy, { watcher.identity(of: $0) })
        Self.connect(coordinator, http, credentials, policy, spanTarget, environment.clock)
        coordinator.executions = Executions(coordinator: coordinator, executor: executors)
        let information = Self.information(socket.path, environment, database)
        information.settings.replace(settings.shown)
        server = try SocketServer(
            coordinator: coordinator, environment: environment, loop: loop, limits: configuration.limits,
            administrators: configuration.administrators, information: information, log: log)
    }

    /// Serves until SIGTERM or SIGINT. The signals have to be blocked in every thread
    /// before the first one is made.
    ///
    /// - Parameter reload: reads the settings again; nil when they cannot be meant.
    public func run(_ signals: StopSignals, reload: () -> EffectiveSettings?) throws {
        try recover()
        try server.listen(on: socket.descriptor)
        keepSocket()
        startWatchdog()
        startStatus()
        startTidying()
        startReaping()
        startIdleExit()
        leaveWhenDrained()
        startTracing()
        ServiceManager.ready("serving \(database.place)")
        log.notice("ready", metadata: ["socket": "\(socket.path)", "database": "\(database.place)"])
        while let signal = signals.next() {
            guard signal == SIGHUP else { break }
            ServiceManager.reloading()
            if let next = reload() { apply(next) }
            ServiceManager.ready()
        }
        stop()
    }

    /// Gives the runs of dead owners free before the first client can ask for them.
    private func recover() throws {
        let loop = group.next()
        let promise = loop.makePromise(of: RecoveryState.self)
        let place = coordinator.place
        database.readers.read(for: -1) { store in
            promise.completeWith(Result { try RecoveryState(store.get(), place: place) })
        }
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

    /// Tells the service manager what is wrong, or what is served, whenever that changes.
    private func startStatus() {
        guard ServiceManager.isThere else { return }
        let (status, interval) = (status, StatusReporter.interval)
        group.next().scheduleRepeatedTask(initialDelay: .zero, delay: interval) { _ in status.look() }
    }

    /// A socket of our own that is gone is bound again.
    private func keepSocket() {
        guard socket.isOwn else { return }
        let (server, database, isPrivate, loop) = (server, database, isPrivate, group.next())
        let keeper = SocketKeeper(socket, isSystem: settings.values.isSystem, log: log) { found in
            try server.listen(anew: found.descriptor)
            server.moved(to: found.path)
            database.describeHolder(Self.holder(found.path, isPrivate))
        }
        socketKeeper = keeper
        loop.scheduleRepeatedTask(initialDelay: SocketKeeper.interval, delay: SocketKeeper.interval) { _ in
            keeper.look()
        }
    }

    /// What the lock file of the database says to clients that do not find the socket.
    private static func holder(_ socket: String, _ isPrivate: Bool) -> [String] {
        ["socket \(socket)"] + (isPrivate ? ["private"] : [])
    }

    private func startIdleExit() {
        let idleExit = IdleExit(loop: engineLoop, server, coordinator, log)
        self.idleExit = idleExit
        setIdleExit(settings.values.idleExitMilliseconds)
    }

    /// Looks for what is to be told to a collector that was not there, or not yet.
    private func startTracing() {
        guard environment.settings.isTracing else { return }
        try? group.next().submit { [coordinator] in coordinator.spans?.begin() }.wait()
    }

    private func leaveWhenDrained() {
        let drainExit = DrainExit(loop: engineLoop, server, coordinator, log)
        try? group.next().submit { [coordinator] in coordinator.onDraining = { drainExit.set($0) } }.wait()
    }

    private func setIdleExit(_ span: Int64) {
        guard span == 0 || !socket.isOwn else {
            return log.warning("idle_exit_ms is for a socket that systemd holds; this daemon stays")
        }
        if span > 0, span < IdleExit.rareMilliseconds {
            log.warning("idle_exit_ms is short: 20 starts in a minute close the socket (TriggerLimitBurst=)")
        }
        try? group.next().submit { [idleExit] in idleExit?.set(span) }.wait()
    }

    /// Takes what can be changed while it runs, and says by name what waits for the next start.
    private func apply(_ next: EffectiveSettings) {
        let (now, later) = settings.changes(to: next)
        let values = next.values
        DaemonLog.set(level: values.logLevel)
        environment.current.replace(values.engineSettings)
        credentials.replace(values.credentials)
        if policy.value != values.requestPolicy {
            policy.replace(values.requestPolicy)
            http.renew()
        }
        if spanTarget.value != values.spanTarget {
            spanTarget.replace(values.spanTarget)
            startTracing()
        }
        settings = settings.reloaded(next)
        let (server, shown) = (server, settings.shown)
        try? group.next().submit { server.apply(values.limits, values.administrators, shown) }.wait()
        if now.contains("idle_exit_ms") { setIdleExit(values.idleExitMilliseconds) }
        log.notice(
            later.isEmpty
                ? "configuration read again"
                : "configuration read again; part of it takes effect at the next start",
            metadata: [
                "changed": "\(now.joined(separator: " "))",
                "at_next_start": "\(later.joined(separator: " "))",
            ])
    }

    private func stop() {
        ServiceManager.stopping()
        log.notice("stopping")
        server.drain()
        stopExecutions()
        http.close()
        // What was read is in the writer's queue already; five seconds are for a disk that takes its time, and for
        // readers that do.
        for _ in 0..<500 where !server.isIdle { usleep(10_000) }
        database.close()
        try? group.next().submit { [socketKeeper] in socketKeeper?.remove() }.wait()
        // The loop's thread ends with the process: NIO would end it by libdispatch (docs/decisions/0096).
        log.notice("stopped")
    }

    /// Programs are told to end, and get as long as replies get to leave; the next start takes the steps up.
    private func stopExecutions() {
        let (loop, coordinator) = (group.next(), coordinator)
        try? loop.submit {
            coordinator.spans?.stop()
            coordinator.executions?.stop()
        }.wait()
        for _ in 0..<500 {
            if (try? loop.submit { coordinator.executions?.isIdle ?? true }.wait()) != false { return }
            usleep(10_000)
        }
    }

    private static func environment(
        _ configuration: Configuration, _ clock: any SidestepModel.Clock
    ) -> Environment {
        Environment(
            clock: clock, random: KernelRandom(), boot: ProcessTable.bootID,
            settings: configuration.engineSettings,
            zones: HostTimeZones(getenv("TZDIR").map { String(cString: $0) } ?? "/usr/share/zoneinfo"),
            processes: ProcessLook())
    }
}

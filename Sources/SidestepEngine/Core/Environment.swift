import SidestepModel
import Synchronization

/// What the use cases share: clock, chance, the boot, and which connections are open.
public final class Environment: Sendable {
    /// The wall clock, for timers, for reads and for when something came in; what is written has the store's time.
    /// And the time since boot, by which `ShiftClock` sees that the former was set.
    public let clock: any Clock
    /// The same clock, where tests may move it.
    let testTime: (any MovableClock)?
    /// Where ids, leases' secrets, resume tokens and jitter come from.
    public let random: any RandomSource
    /// proc(5), `/proc/sys/kernel/random/boot_id`: pids and start times mean nothing in another boot.
    public let boot: String
    /// This daemon's number in its store, as in `ProcessIdentity`: what is another's is left to that one.
    public let place: Int64
    /// What an operator set; a reload replaces it.
    public let current: Current<EngineSettings>
    /// The settings of this moment; a reload (SIGHUP) may change them between two calls.
    public var settings: EngineSettings { current.value }
    /// Whether nothing new is to start: the daemon leaves when what runs has ended.
    public let isDraining = Current(false)
    let workers = WorkerTable()
    let pendingRoom = PendingRoom()
    /// The rules of time zones for schedules; the daemon reads the host's tzdata.
    public let zones: any TimeZoneSource
    let watchers = WatcherCount()
    let processes: any ProcessLooking
    let parkedSteps = ParkedSteps()
    let refusedSteps = RefusedSteps()
    let executing = ExecutingSteps()
    /// What is counted of all this.
    public let meters: Meters
    private let openSessions = Mutex<[Int64: SessionPulse]>([:])
    /// Bytes of payloads by user, as they were counted last; nil before.
    let storedBytes = Current<[UserID: Int64]?>(nil)
    /// How the disk under the store does.
    public let storage: Current<StorageCondition>

    /// An environment for one daemon; `boot` is compared with those that leases were granted in.
    public init(
        clock: any Clock, random: any RandomSource, boot: String, place: Int64 = 0,
        settings: EngineSettings = .init(), meters: Meters = Meters(),
        zones: any TimeZoneSource = OnlyUTC(), processes: any ProcessLooking = NoProcesses()
    ) {
        self.clock = clock
        testTime = clock as? any MovableClock
        self.random = random
        self.boot = boot
        self.place = place
        self.meters = meters
        current = Current(settings)
        storage = Current(StorageCondition(since: clock.now()))
        self.zones = zones
        self.processes = processes
    }

    /// A number for a new connection, never one that the database may remember of an earlier daemon.
    public func openSession() -> Int64 {
        let session = random.integer()
        let pulse = SessionPulse(at: clock.now())
        openSessions.withLock { $0[session] = pulse }
        return session
    }

    /// Forgets a connection that is gone, with its worker and what breakers refused it; the coordinator calls it.
    public func closeSession(_ session: Int64) {
        openSessions.withLock { _ = $0.removeValue(forKey: session) }
        workers.forget(session: session)
        refusedSteps.forget(session: session)
    }

    func isOpen(_ session: Int64) -> Bool { pulse(of: session) != nil }

    /// How many there are of what lives while the daemon does.
    public struct LiveCounts: Sendable {
        /// Connections that are open.
        public let connections: Int
        /// Those of them that asked for runs.
        public let workers: Int
        /// Steps that the daemon executes.
        public let executingSteps: Int
    }

    /// How many there are now.
    public var liveCounts: LiveCounts {
        LiveCounts(
            connections: openSessions.withLock(\.count), workers: workers.all.count,
            executingSteps: executing.count)
    }

    /// What is known of the calls on a connection; nil when it is closed.
    public func pulse(of session: Int64) -> SessionPulse? { openSessions.withLock { $0[session] } }
}

/// What one transaction does of work that grows with what somebody keeps: some milliseconds of it.
public struct WorkPart: Sendable {
    /// Rows that are copied or deleted.
    public var rows = 500
    /// Things that take several statements each: checkpoints looked at, runs asked to end, waits ended.
    public var looks = 50
    /// Bytes that are copied.
    public var bytes = 2 << 20

    /// The parts that the daemon works with; tests make them smaller, to see work go on over several turns.
    public init() {}
}

/// The engine's own time spans.
public struct EngineSettings: Sendable {
    /// How long an owner whose connection closed, and which lives, may stay away.
    public var reconnectGraceMilliseconds: Int64 = 2000
    /// The same after a restart of the daemon, which no client asked for.
    public var restartGraceMilliseconds: Int64 = 30_000
    /// Between SIGTERM and SIGKILL of `if_owned: kill`.
    public var killGraceMilliseconds: Int64 = 5000
    /// How long the owner of a run that was asked to end may undo what it did.
    public var cancelGraceMilliseconds: Int64 = 30_000
    /// How long `if_owned: wait` waits without `wait_ms`.
    public var defaultWaitMilliseconds: Int64 = 60_000
    /// Signals of one run that no wait has consumed.
    public var pendingSignals = 10_000
    /// How long closed runs are kept that no rule of retention is about; nil for ever.
    public var retentionMilliseconds: Int64? = 30 * 86_400_000
    /// Between two walks over the closed runs, and before the first one.
    public var pruneMilliseconds: Int64 = 3_600_000
    /// How long after its start the daemon first removes closed runs that were kept long enough.
    public var firstPruneMilliseconds: Int64 = 60_000
    /// How many elements calls may have, and other limits of the wire that use cases count with.
    public var limits = Limits()
    /// Bytes of step outcomes in one reply, unless the caller asks for another number.
    public var pageBytes = 8 << 20
    /// How much of work that is done part by part is done in one transaction.
    public var part = WorkPart()

    /// The user whose rights the programs that the daemon runs have: its own.
    public var daemonUser: UserID = 0
    /// Other users that it runs programs for.
    public var execUsers: Set<UserID> = []
    /// Whether a collector of traces is told what runs do.
    public var isTracing = false
    /// Whether programs are run for every user (`exec_users` in the configuration is `*`).
    public var allowsEveryExec = false

    /// The settings of a daemon without a configuration.
    public init() {}
}

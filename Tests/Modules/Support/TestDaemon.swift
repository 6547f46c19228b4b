import Glibc
import SidestepEngine
import SidestepModel
import SidestepStore
import Synchronization

/// A process as a test plays it: with a connection, which it may lose and open again.
public struct TestClient: Sendable {
    public let peer: Peer
    public var session: Int64
}

/// The engine over a real SQLite database, in the test's own process:
/// real writer, real statements, time by hand.
public final class TestDaemon {
    public let clock: TestClock
    public let random: SeededRandom
    public let loop: TestLoop
    public let processes: TestProcesses
    public let path: String
    private let settings: EngineSettings
    private let place: Int64
    private let opening: Opening
    public private(set) var environment: Environment
    public private(set) var coordinator: Coordinator
    private var database: any StoreDatabase
    /// Where its calls go.
    public private(set) var writer: TestWriter
    private var granted: [Int64: GrantedRuns] = [:]
    private var nextPID: Int32 = 1000
    public typealias Opening = (_ path: String, TestClock, StoreListener) throws -> any StoreDatabase

    /// How many calls each commit had.
    public var commits: [Int] { commitSizes.sizes.withLock { $0 } }
    private let commitSizes = CommitSizes()

    private final class CommitSizes: Sendable {
        let sizes = Mutex<[Int]>([])
    }

    /// - Parameter path: where the database is; /dev/shm keeps the disk out of tests that do not test it.
    /// - Parameter place: its number in a store that several share.
    /// - Parameter opening: opens the store, and opens it again.
    public init(
        path: String, seed: UInt64, settings: EngineSettings = .init(), place: Int64 = 0,
        opening: @escaping Opening = { try TestStore.open($0, clock: $1, $2) }
    ) throws {
        self.path = path
        self.opening = opening
        self.settings = settings
        self.place = place
        clock = TestClock()
        random = SeededRandom(seed: seed)
        loop = TestLoop(clock: clock)
        processes = TestProcesses()
        (environment, coordinator, database, writer) = try Self.open(
            path, clock, random, loop, processes, settings, place, commitSizes, opening)
        hear()
    }

    private static func open(
        _ path: String, _ clock: TestClock, _ random: SeededRandom, _ loop: TestLoop,
        _ processes: TestProcesses, _ settings: EngineSettings,
        _ place: Int64, _ commits: CommitSizes, _ open: Opening
    ) throws -> (Environment, Coordinator, any StoreDatabase, TestWriter) {
        let environment = Environment(
            clock: clock, random: random, boot: "test-boot", place: place, settings: settings,
            processes: processes)
        let settled = SettledBatches()
        let opened = try open(
            path, clock,
            StoreListener(
                settled: { jobs, failure in
                    commits.sizes.withLock { $0.append(jobs.count) }
                    settled.add(TestWriter.hosts(jobs), failure)
                },
                ended: { preconditionFailure($0.failure.message) }))
        let (database, writer) = opened.withGuests()
        let coordinator = Coordinator(
            environment: environment, loop: loop, processes: processes, store: database, settled: settled)
        return (environment, coordinator, database, writer)
    }

    private func hear() {
        coordinator.onGranted = { [unowned self] session, run in grantedRuns(session).insert(run) }
        coordinator.onEnded = { [unowned self] session, run in grantedRuns(session).end(run) }
    }

    /// The runs that a connection was granted.
    public func grantedRuns(_ session: Int64) -> GrantedRuns {
        if let known = granted[session] { return known }
        let new = GrantedRuns()
        granted[session] = new
        return new
    }

    public func close() { database.close() }

    /// The daemon is gone and comes back: sessions, waiters and timers are lost, the database is not.
    public func restart() throws {
        database.close()
        (environment, coordinator, database, writer) = try Self.open(
            path, clock, random, loop, processes, settings, place, commitSizes, opening)
        hear()
        let place = place
        let state = try read { RecoveryResult(try RecoveryState($0, place: place)) }
        coordinator.recover(state.state.runs, steps: state.state.steps)
        loop.turn()
    }

    private struct RecoveryResult: Sendable {
        let state: RecoveryState
        init(_ state: RecoveryState) { self.state = state }
    }

    /// Somebody sets the wall clock; no time passes.
    public func setClock(by jump: Int64) {
        clock.set(by: jump)
        coordinator.clockWasSet()
        loop.turn()
    }

    // MARK: Clients

    public func connect(uid: UserID = 1000) -> TestClient {
        nextPID += 1
        let process = ProcessIdentity(pid: nextPID, startTicks: Int64(nextPID) * 10, place: place)
        return TestClient(
            peer: Peer(uid: uid, process: process, isAdministrator: uid == 0),
            session: environment.openSession())
    }

    public func reconnect(_ client: TestClient) -> TestClient {
        TestClient(peer: client.peer, session: environment.openSession())
    }

    public func disconnect(_ client: TestClient) { coordinator.sessionClosed(client.session) }

    /// SIGKILL: the process and its connection are gone at once.
    public func kill(_ client: TestClient) {
        coordinator.sessionClosed(client.session)
        processes.end(client.peer.process)
        loop.turn()
    }

    // MARK: Calls

    /// What became of a call: nil while it waits.
    public final class Pending<Value>: @unchecked Sendable {
        public fileprivate(set) var result: Result<Value, Failure>?
    }

    /// Performs a command and hands back its typed result, or leaves it waiting.
    public func start<C: Command>(_ command: C, by client: TestClient) -> Pending<C.Result> {
        let (call, pending) = prepare(command, by: client)
        coordinator.submit([call])
        loop.turn()
        return pending
    }

    /// Performs two commands in one batch: when the first one takes several turns, the second comes between them.
    public func start<A: Command, B: Command>(
        _ first: A, and second: B, by client: TestClient
    ) -> (Pending<A.Result>, Pending<B.Result>) {
        let (one, two) = (prepare(first, by: client), prepare(second, by: client))
        coordinator.submit([one.call, two.call])
        loop.turn()
        return (one.pending, two.pending)
    }

    private func prepare<C: Command>(
        _ command: C, by client: TestClient
    ) -> (call: Call, pending: Pending<C.Result>) {
        let pending = Pending<C.Result>()
        let value = Pending<C.Result>()
        let call = Call(
            environment: environment, peer: client.peer, session: client.session,
            grantedRuns: grantedRuns(client.session),
            work: { store, context in
                value.result = .success(try command.perform(store, &context))
                return .done([])
            },
            reply: { answer in
                switch answer {
                case .success: pending.result = value.result
                case .failure(let failure): pending.result = .failure(failure)
                }
            })
        return (call, pending)
    }

    /// Performs a command that does not wait.
    public func call<C: Command>(_ command: C, by client: TestClient) -> Result<C.Result, Failure> {
        guard let result = start(command, by: client).result else { preconditionFailure("\(C.self) waits") }
        return result
    }

    public func query<Q: Query>(_ query: Q, by client: TestClient) throws -> Q.Result
    where Q.Result: Sendable {
        let context = CallContext(
            environment: environment, peer: client.peer, session: client.session, grantedRuns: GrantedRuns(),
            now: clock.now())
        return try read { try query.answer($0, context) }
    }

    /// Reads a snapshot on the reader's thread and waits for it.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreReader) throws -> Value
    ) throws -> Value {
        let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
        defer {
            sem_destroy(semaphore)
            semaphore.deallocate()
        }
        let pending = Box<Value>()
        nonisolated(unsafe) let signal = semaphore
        database.readers.read(for: -1) { store in
            pending.result = Result { try body(store.get()) }
            sem_post(signal)
        }
        while sem_wait(semaphore) != 0 {}
        return try pending.result!.get()
    }

    private final class Box<Value>: @unchecked Sendable {
        var result: Result<Value, any Error>?
    }
}

/// A folder for one test, in memory where the machine offers that.
public func temporaryFolder() -> String {
    let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(base)/sidestep-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("mkdtemp: \(errno)") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Removes a flat folder of a test.
public func removeFolder(_ path: String) {
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { unlink(path + "/" + name) }
    }
    closedir(directory)
    rmdir(path)
}

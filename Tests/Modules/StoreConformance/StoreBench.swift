import Glibc
import SidestepModel
import SidestepStore
import Synchronization
import TestSupport
import Testing

/// A store in a folder of its own, and what it told.
final class StoreBench: @unchecked Sendable {
    // Unchecked: the folder and the store are of the test's thread, what is told is behind a lock.
    let folder = temporaryFolder()
    /// The clock of the store; it stands still unless the test moves it.
    let clock = TestClock()
    private(set) var store: any StoreDatabase
    private let told = Told()

    final class Told: Sendable {
        let jobs = Mutex<[Work]>([])
        let failures = Mutex<[Failure]>([])

        var listener: StoreListener {
            StoreListener(
                settled: { jobs, failure in
                    self.jobs.withLock { $0 += jobs.compactMap { $0 as? Work } }
                    if let failure { self.failures.withLock { $0.append(failure) } }
                }, ended: { Issue.record("the store came to its end: \($0.failure.message)") })
        }
    }

    init(inlineLimit: Int = .max) throws {
        store = try TestStore.open(
            folder + "/sidestep.db", inlineLimit: inlineLimit, clock: clock, told.listener)
    }

    /// Opens the store again, as the next daemon would.
    func reopen() throws {
        store.close()
        store = try TestStore.open(folder + "/sidestep.db", clock: clock, told.listener)
    }

    func close() {
        store.close()
        removeFolder(folder)
    }

    /// The jobs that were told of, in that order.
    var settled: [Work] { told.jobs.withLock { $0 } }
    /// Why whole batches failed.
    var failures: [Failure] { told.failures.withLock { $0 } }

    /// Performs something in a transaction of its own, and hands on what it throws.
    func perform(_ body: @escaping (any StoreTransaction) throws -> Void) throws {
        let work = Work(body)
        store.writer.submit([work])
        wait(for: [work])
        if let error = work.error { throw error }
    }

    /// Waits until all of these are told of; the test's time limit is the bound.
    func wait(for jobs: [Work]) {
        let waited = Set(jobs.map(ObjectIdentifier.init))
        while !waited.isSubset(of: settled.map(ObjectIdentifier.init)) { sched_yield() }
    }

    /// Reads a snapshot and waits for it.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReader) throws -> Value) throws -> Value
    {
        let box = Box<Value>()
        store.readers.read(for: -1) { reader in
            let result = Result { try body(reader.get()) }
            box.result.withLock { $0 = result }
        }
        while true {
            if let result = box.result.withLock({ $0 }) { return try result.get() }
            sched_yield()
        }
    }

    private final class Box<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }
}

/// A job that does what a test wants.
///
/// Unchecked: the store has it, then the test.
final class Work: WriteJob, @unchecked Sendable {
    let user: UserKey
    private let body: (any StoreTransaction) throws -> Void
    private(set) var error: (any Error)?
    private(set) var performances = 0

    init(user: UserKey = 1, _ body: @escaping (any StoreTransaction) throws -> Void) {
        (self.user, self.body) = (user, body)
    }

    func perform(_ transaction: any StoreTransaction) throws(Failure) {
        performances += 1
        error = nil
        do { try body(transaction) } catch {
            self.error = error
            throw error as? Failure ?? Failure(.timeout, "the test threw")
        }
    }
}

/// Expects that a write is refused because the run has another epoch.
func expectLost(_ body: () throws -> Void) {
    #expect { try body() } throws: { ($0 as? Failure)?.kind == .leaseLost }
}

/// Runs `body` with a store of its own.
func withStore(inlineLimit: Int = .max, _ body: (StoreBench) throws -> Void) throws {
    let bench = try StoreBench(inlineLimit: inlineLimit)
    defer { bench.close() }
    try body(bench)
}

/// Runs `body` in a transaction of a fresh store that has one run of this epoch.
func withRun(epoch: Int64, _ body: @escaping (_ store: any StoreTransaction, _ run: Int64) throws -> Void)
    throws
{
    try withStore { bench in
        try bench.perform { store in
            var run = RunRecord(
                key: 0, id: "r", userID: 1, generation: 1, uid: "u", workflow: "w",
                now: Instant(milliseconds: 0))
            run.epoch = epoch
            try body(store, store.insertRun(run, input: nil))
        }
    }
}

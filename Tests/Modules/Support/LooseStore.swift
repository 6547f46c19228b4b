import SidestepModel
import SidestepStore
import Synchronization

/// A store that keeps to its contract and to nothing else: it performs every job twice, for it loses the first
/// transaction, and tells of batches in random order.
public final class LooseStore: StoreDatabase {
    public struct Writer: StoreWriter {
        fileprivate let store: LooseStore

        public func submit(_ jobs: [any WriteJob]) { store.submit(jobs) }
        public func serve(severalUsers: Bool) { store.base.writer.serve(severalUsers: severalUsers) }
    }

    public struct Readers: StoreReaders {
        fileprivate let store: LooseStore

        public func read(
            for user: UserKey, _ work: @escaping @Sendable (Result<any StoreReader, Failure>) -> Void
        ) {
            store.base.readers.read(for: user, work)
        }

        public func serve(severalUsers: Bool) { store.base.readers.serve(severalUsers: severalUsers) }
    }

    private let base: any StoreDatabase
    private let random: SeededRandom
    private let told: @Sendable ([any WriteJob], Failure?) -> Void
    private let held: Held

    /// Batches that were committed and are not told of.
    private final class Held: Sendable {
        let batches = Mutex<[(job: any WriteJob, failure: Failure?)]>([])
        /// How many calls of `submit` are under way, one in another.
        let depth = Mutex<Int>(0)
    }

    public init(_ path: String, seed: UInt64, clock: any Clock, _ listener: StoreListener) throws {
        let held = Held()
        self.held = held
        told = listener.settled
        random = SeededRandom(seed: seed)
        var inner = listener
        inner.settled = { jobs, failure in
            held.batches.withLock { held in
                for case let performance as Performance in jobs where !performance.isLost {
                    held.append((performance.job, failure))
                }
            }
        }
        base = try TestStore.open(path, clock: clock, inner)
    }

    public var writer: Writer { Writer(store: self) }
    public var readers: Readers { Readers(store: self) }
    public var maintenance: any StoreMaintenance { base.maintenance }
    public var settlesInOrder: Bool { false }
    public var place: String { base.place }
    public var version: String { base.version }
    public var bytes: Int64 { base.bytes }
    public var findings: [StoreFinding] { base.findings }
    public func tidy() { base.tidy() }
    public func describeHolder(_ lines: [String]) { base.describeHolder(lines) }
    public func rescue() throws(Failure) -> String { try base.rescue() }
    public func close() { base.close() }

    /// Each job is a batch of its own; what is set off meanwhile is told of among the others.
    private func submit(_ jobs: [any WriteJob]) {
        held.depth.withLock { $0 += 1 }
        for job in jobs {
            base.writer.submit([Performance(job, isLost: true), Performance(job, isLost: false)])
        }
        let isOutermost = held.depth.withLock { depth in
            depth -= 1
            return depth == 0
        }
        if isOutermost { tell() }
    }

    private func tell() {
        while let next = takeOne() { told([next.job], next.failure) }
    }

    private func takeOne() -> (job: any WriteJob, failure: Failure?)? {
        let random = random
        return held.batches.withLock { held in
            held.isEmpty ? nil : held.remove(at: random.below(held.count))
        }
    }

    /// One performance of a job.
    private final class Performance: WriteJob {
        let job: any WriteJob
        /// Whether its transaction is lost before the commit.
        let isLost: Bool

        init(_ job: any WriteJob, isLost: Bool) { (self.job, self.isLost) = (job, isLost) }

        var user: UserKey { job.user }
        var weight: Int { job.weight }
        var space: SpaceUse { job.space }

        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            try job.perform(transaction)
            if isLost { throw Failure(.timeout, "the transaction is lost") }
        }
    }
}

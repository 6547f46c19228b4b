import SidestepModel
import SidestepStore
import Synchronization

/// The real writer, with something of the test's own behind the jobs of one of the next batches.
public final class TestWriter: StoreWriter {
    private let writer: any StoreWriter
    private let guest = Mutex<(batch: Int, job: any WriteJob)?>(nil)

    init(_ writer: any StoreWriter) { self.writer = writer }

    /// Has `job` performed behind each of the jobs that are submitted together, in their transaction.
    ///
    /// - Parameter batch: behind which; 0 are the next ones.
    public func join(_ job: any WriteJob, batch: Int = 0) { guest.withLock { $0 = (batch, job) } }

    public func submit(_ jobs: [any WriteJob]) {
        let joining: (any WriteJob)? = guest.withLock { guest in
            guard let (batch, job) = guest else { return nil }
            guest = batch == 0 ? nil : (batch - 1, job)
            return batch == 0 ? job : nil
        }
        writer.submit(joining.map { guest in jobs.map { Joined(host: $0, guest: guest) } } ?? jobs)
    }

    public func serve(severalUsers: Bool) { writer.serve(severalUsers: severalUsers) }

    /// The jobs as they were submitted.
    static func hosts(_ jobs: [any WriteJob]) -> [any WriteJob] {
        jobs.map { ($0 as? Joined)?.host ?? $0 }
    }

    private final class Joined: WriteJob {
        let host: any WriteJob
        let guest: any WriteJob
        var user: UserKey { host.user }
        var weight: Int { host.weight }
        var space: SpaceUse { host.space }

        init(host: any WriteJob, guest: any WriteJob) {
            self.host = host
            self.guest = guest
        }

        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            var failure: Failure?
            do { try host.perform(transaction) } catch { failure = error }
            try guest.perform(transaction)
            if let failure { throw failure }
        }
    }
}

/// A store whose writer has guests.
final class GuestStore<Store: StoreDatabase>: StoreDatabase {
    let writer: TestWriter
    private let store: Store

    init(_ store: Store) {
        self.store = store
        writer = TestWriter(store.writer)
    }

    var readers: Store.Readers { store.readers }
    var maintenance: any StoreMaintenance { store.maintenance }
    var place: String { store.place }
    var version: String { store.version }
    var bytes: Int64 { store.bytes }
    var findings: [StoreFinding] { store.findings }

    var settlesInOrder: Bool { store.settlesInOrder }

    func tidy() { store.tidy() }
    func describeHolder(_ lines: [String]) { store.describeHolder(lines) }
    func rescue() throws(Failure) -> String { try store.rescue() }
    func close() { store.close() }
}

extension StoreDatabase {
    /// The store with a writer that may have guests.
    func withGuests() -> (store: any StoreDatabase, writer: TestWriter) {
        let guests = GuestStore(self)
        return (guests, guests.writer)
    }
}

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

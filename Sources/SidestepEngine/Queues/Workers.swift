import SidestepModel
import SidestepStore
import Synchronization

/// A process that asked for runs on a connection that is open.
public struct WorkerRecord: Sendable {
    /// What its last claim called it; its pid when that said nothing.
    public var name: String
    /// The user and process behind the connection.
    public var peer: Peer
    /// The workflows of its last claim.
    public var workflows: [String]
    /// The queues of its last claim.
    public var queues: [String]
    /// The code version of its last claim; nil when it has none.
    public var codeVersion: String?
    /// When it first asked.
    public var since: Instant

    /// Whether it asks for runs like this one, whatever their code version.
    func serves(_ run: RunRecord) -> Bool {
        peer.uid == run.userID && queues.contains(run.placement.queue) && workflows.contains(run.workflow)
    }
}

/// The workers by their connections: what a restart forgets, and the next claim tells again.
final class WorkerTable: Sendable {
    private let workers = Mutex<[Int64: WorkerRecord]>([:])

    func note(_ worker: WorkerRecord, session: Int64) {
        workers.withLock { workers in
            var worker = worker
            worker.since = workers[session]?.since ?? worker.since
            workers[session] = worker
        }
    }

    func forget(session: Int64) { workers.withLock { _ = $0.removeValue(forKey: session) } }

    var all: [(session: Int64, worker: WorkerRecord)] {
        workers.withLock { workers in workers.map { (session: $0.key, worker: $0.value) } }
    }
}

/// The workers that are connected, with the runs that they have.
public struct ListWorkers: Query {
    /// A worker as `worker.list` shows it.
    public struct Worker: Sendable {
        /// What it asked for last.
        public var record: WorkerRecord
        /// The ids of runs that its connection has, in their order as texts; a thousand at most.
        public var runs: [String]
    }

    /// A call of `worker.list`, which has no parameters.
    public init() {}

    /// Answers with the workers of the caller's user, by name; an administrator sees those of all users.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [Worker] {
        let visible = call.environment.workers.all.filter { entry in
            call.visibleUser.map { $0 == entry.worker.peer.uid } ?? true
        }
        let workers = try visible.map { entry in
            Worker(
                record: entry.worker,
                runs: try store.runs(heldBySession: entry.session, limit: 1000).map(\.id).sorted())
        }
        return workers.sorted {
            ($0.record.name, $0.record.peer.process.pid) < ($1.record.name, $1.record.peer.process.pid)
        }
    }
}

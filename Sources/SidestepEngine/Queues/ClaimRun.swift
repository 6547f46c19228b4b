import SidestepModel
import SidestepStore

/// Hands the caller the run that is next in its queues, waiting for one to come.
public struct ClaimRun: Command {
    /// The workflows that the worker has code for.
    public let workflows: [String]
    /// The queues that it serves; the priority of the runs counts, not the order of these.
    public let queues: [String]
    /// The version of its code: it gets runs that are pinned to it or to none; nil, only those pinned to none.
    public var codeVersion: String?
    /// What people call the worker; nil is its process id.
    public var worker: String?
    /// How long it waits for a run to come; 0 looks once.
    public var waitMilliseconds: Int64 = 0
    /// Who gets the lease, as in `resume`.
    public var owner: ResumeRun.OwnerRequest

    /// A call of `worker.claim`.
    public init(workflows: [String], queues: [String], owner: ResumeRun.OwnerRequest) {
        self.workflows = workflows
        self.queues = queues
        self.owner = owner
    }

    /// A run that was handed out.
    public struct Claimed: Sendable {
        /// The grant, as `resume` answers it.
        public var granted: ResumeRun.Result
        /// The run's input, which a worker has not seen before.
        public var input: Payload?
    }

    /// Answers with the run, or nil when none came in time; the worker is in `worker.list` from now on either way.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Claimed? {
        call.found(.asked(record(call)))
        var search = Search(claim: self, user: call.peer.uid, now: call.now)
        guard let (run, queue) = try next(&search, store, call) else {
            if call.waitExpired || waitMilliseconds == 0 { return nil }
            throw Wait(
                topics(call), until: call.arrived.advanced(byMilliseconds: waitMilliseconds),
                again: search.again)
        }
        if let queue, queue.rate != nil { try store.saveQueue(queue) }
        var resume = ResumeRun(owner: owner)
        resume.codeVersion = codeVersion
        let granted = try resume.grant(run, at: nil, created: false, store, &call)
        return Claimed(granted: granted, input: try store.runPayloads(key: run.key).input)
    }

    /// In a daemon that drains there is none; a worker that waits looks again now and then.
    private func next(
        _ search: inout Search, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> (run: RunRecord, queue: QueueRecord?)? {
        guard call.environment.isDraining.value else { return try search.next(store) }
        search.again = call.now.advanced(byMilliseconds: Self.drainingMilliseconds)
        return nil
    }

    private static let drainingMilliseconds: Int64 = 1000

    private func record(_ call: CallContext) -> WorkerRecord {
        WorkerRecord(
            name: worker ?? "\(call.peer.process.pid)", peer: call.peer, workflows: workflows, queues: queues,
            codeVersion: codeVersion, since: call.now)
    }

    private func topics(_ call: CallContext) -> [Topic] {
        queues.flatMap { queue in
            [.place(call.peer.uid, queue)] + workflows.map { .ready(call.peer.uid, queue, $0) }
        }
    }

    /// One look through the queues.
    private struct Search {
        let claim: ClaimRun
        let user: UserID
        let now: Instant
        /// When a queue that has runs but no token will have one.
        var again: Instant?

        mutating func next(
            _ store: any StoreTransaction
        ) throws -> (run: RunRecord, queue: QueueRecord?)? {
            var best: (run: RunRecord, queue: QueueRecord?)?
            for name in claim.queues {
                let queue = try store.queue(user: user, name: name)
                guard try hasPlace(queue, store) else { continue }
                for workflow in claim.workflows {
                    let run = try store.readyRun(
                        user: user, queue: name, workflow: workflow, version: claim.codeVersion,
                        keyConcurrency: queue?.keyConcurrency)
                    guard let run, best.map({ Self.isBefore(run, $0.run) }) ?? true,
                        let taken = token(queue)
                    else { continue }
                    best = (run, taken)
                }
            }
            return best
        }

        private func hasPlace(_ queue: QueueRecord?, _ store: any StoreTransaction) throws -> Bool {
            guard let queue else { return true }
            if queue.isPaused { return false }
            guard let limit = queue.concurrency else { return true }
            return try store.runningRuns(user: user, queue: queue.name) < limit
        }

        /// The queue with one token less; nil, when it has none, and `again` says when it will.
        private mutating func token(_ queue: QueueRecord?) -> QueueRecord?? {
            guard var queue, let rate = queue.rate else { return .some(queue) }
            guard let next = queue.bucket.take(rate, at: now) else { return .some(queue) }
            again = min(again ?? next, next)
            return nil
        }

        private static func isBefore(_ run: RunRecord, _ other: RunRecord) -> Bool {
            (-run.placement.priority, run.key) < (-other.placement.priority, other.key)
        }
    }
}

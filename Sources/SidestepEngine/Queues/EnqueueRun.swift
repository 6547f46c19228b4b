import SidestepModel
import SidestepStore

/// Makes a run that waits for a worker, or answers with the one that is meant.
public struct EnqueueRun: Command {
    /// The id; nil makes a new one.
    public var run: String?
    /// What it is made with; its workflow and input are compared with those of a run that is there.
    public var new: NewRun
    /// What becomes of a closed run of that id, as in `resume`.
    public var ifClosed = ResumeRun.IfClosed.return
    /// What becomes of an open run of that `dedupKey`: it is answered, or gives way where no worker has had it yet.
    public var ifDuplicate = IfDuplicate.return

    /// The words of the wire.
    public enum IfDuplicate: String, Sendable { case `return`, replace }

    /// A call of `run.enqueue`, or a due time of a schedule.
    public init(run: String?, new: NewRun) {
        self.run = run
        self.new = new
    }

    /// The run that is meant, and whether it is a new one.
    public struct Result: Sendable {
        /// The run as every method shows it; an open one may have an owner already.
        public var view: RunView
        /// Whether the run was made, or opened again, by this call.
        public var created: Bool
    }

    /// Makes the run, or finds it by id, then by `dedupKey`. Throws `run_conflict`, or `run_closed` if told to.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let (run, created) = try settle(store, &call)
        if created { call.announce(run) }
        return Result(view: try RunView(run, store), created: created)
    }

    private func settle(
        _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> (RunRecord, created: Bool) {
        let known = try run.flatMap { try store.run(user: call.peer.uid, id: $0, generation: nil) }
        if let known {
            if known.status.isClosed { return try open(known, store, &call) }
            try store.refuseConflict(known, workflow: new.workflow, input: new.terms.input)
            return (known, false)
        }
        if let key = new.placement.dedupKey,
            let same = try store.openRun(user: call.peer.uid, queue: new.placement.queue, dedupKey: key)
        {
            // What its workflow has begun is not undone by another call, nor is an older outcome shown again.
            if ifDuplicate == .return || same.epoch > 0 || same.generation > 1 { return (same, false) }
            try store.takeOut(same, &call)
        }
        let id = run ?? Identifiers.run(at: call.now, random: call.environment.random)
        return (try new.insert(id, replacing: nil, store, &call), true)
    }

    private func open(
        _ closed: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> (RunRecord, created: Bool) {
        switch ifClosed {
        case .rerun: return (try new.insert(closed.id, replacing: closed, store, &call), true)
        case .fail: throw Failure.runClosed(closed)
        case .retry where closed.status != .completed:
            try store.refuseConflict(closed, workflow: new.workflow, input: new.terms.input)
            let again = try store.reopened(closed, call)
            try store.updateRun(again, expecting: closed.epoch)
            return (again, true)
        case .return, .retry:
            try store.refuseConflict(closed, workflow: new.workflow, input: new.terms.input)
            return (closed, false)
        }
    }
}

import SidestepModel
import SidestepProtocol
import SidestepStore

extension StoreTransaction {
    /// Ends an open wait: its step is completed, and a run that let go of its owner for it waits for a new one.
    func wake(_ step: StepRecord, _ output: Payload, _ call: inout CallContext) throws {
        guard let state = try runState(key: step.run), let done = step.after(.woken, at: call.now) else {
            return
        }
        let outcome = StepOutcome(step: done, output: output, error: nil)
        try updateStep(outcome, epoch: state.epoch)
        try deleteWaits(step: step.key)
        call.after(.woken(outcome))
        guard state.status == .waiting, let run = try run(key: step.run) else { return }
        let woken = try run.next(.woken, at: call.now)
        try append(run: run.key, at: call.now, kind: .runWoken, step: step.name, attempt: nil, detail: nil)
        try updateRun(woken, expecting: run.epoch)
        call.announce(woken)
    }
}

/// The owner leaves while its run waits: the run holds nothing and goes to a worker when it wakes.
public struct SuspendRun: Command {
    /// Proof of the lease; not enough once the run is asked to end.
    public let proof: LeaseProof
    /// The waits that the owner takes for open; nil means all that are.
    public let steps: [String]?

    /// A call of `run.suspend`.
    public init(proof: LeaseProof, steps: [String]?) {
        self.proof = proof
        self.steps = steps
    }

    /// Whether the run was let go of: it was when `ready` is empty.
    public struct Result {
        /// The run, `waiting` without an owner, or owned as before.
        public var view: RunView
        /// Waits that are over: the owner keeps the run and goes on with them.
        public var ready: [String]
    }

    /// Lets go of the run unless one of `steps` is over; `invalid_argument` when no wait is open to wake it.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let run = try store.heldRun(proof, &call)
        let open = try store.openSteps(run: run.key).filter { $0.status == .waiting }.map(\.name)
        let ready = (steps ?? []).filter { !open.contains($0) }
        if !ready.isEmpty { return Result(view: try RunView(run, store), ready: ready) }
        if open.isEmpty {
            throw Failure(
                .invalidArgument, "the run has no open wait and would never wake", run: run.id,
                hint: "Wait for something first (signal.wait with wait_ms: 0), or call run.release.")
        }
        return Result(view: try RunView(suspended(run, store, &call), store), ready: [])
    }

    private func suspended(
        _ run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> RunRecord {
        try store.loseRunningSteps(of: run, &call)
        let after = try run.next(.suspended, at: call.now)
        try store.append(run: run.key, at: call.now, kind: .runSuspended)
        try store.updateRun(after, expecting: run.epoch)
        try store.announceEnd(after, &call)
        return after
    }
}

/// Open waits that time ends, soonest first.
public struct ListTimers: Query {
    /// The id of a run that the caller may see; nil looks through all that he may see.
    public let run: String?
    /// Waits at most; there are no pages.
    public let limit: Int

    /// A call of `timer.list`.
    public init(run: String?, limit: Int) {
        self.run = run
        self.limit = limit
    }

    /// Answers with the waiting steps and their runs; the moment is the step's `attemptDeadline`.
    public func answer(
        _ store: any StoreReader, _ call: CallContext
    ) throws -> [(run: RunRecord, step: StepRecord)] {
        let run = try run.map { try store.visibleRun($0, call) }
        let steps = try store.timers(run: run?.key, user: call.visibleUser, limit: limit)
        return try steps.compactMap { step in
            try store.run(key: step.run).map { (run: $0, step: step) }
        }
    }
}

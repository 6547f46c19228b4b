import SidestepModel
import SidestepProtocol
import SidestepStore

/// Makes a promise of the run, or answers with the one that is there.
public struct CreatePromise: Command {
    /// Proof of the lease; not enough once the run is asked to end.
    public let proof: LeaseProof
    /// The promise's name, unique in the run.
    public let promise: String
    /// JSON that people see beside the promise; one that is there keeps its own.
    public let metadata: Payload?

    /// A call of `promise.create`.
    public init(proof: LeaseProof, promise: String, metadata: Payload?) {
        self.proof = proof
        self.promise = promise
        self.metadata = metadata
    }

    /// Answers with the promise, which may be settled already: somebody may have been faster.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> PromiseRecord {
        let run = try store.heldRun(proof, &call)
        if let known = try store.promise(run: run.key, name: promise) { return known }
        var record = PromiseRecord(run: run.key, name: promise, created: call.now)
        record.metadata = metadata
        try store.insertPromise(record, epoch: run.epoch)
        try store.append(
            run: run.key, at: call.now, kind: .promiseCreated,
            detail: detail { $0.member("promise", promise) })
        return record
    }
}

/// Settles a promise: the first one to do so wins, later ones learn what it was settled with.
public struct SettlePromise: Command {
    /// How it is settled, with the value or the error as it came.
    public enum Outcome: Sendable {
        /// What was promised has come, with this value.
        case resolved(Payload?)
        /// It does not come, for this reason.
        case rejected(Payload?)
    }

    /// The id of a run that the caller may see; no lease is needed.
    public let run: String
    /// The promise's name; one that the run has not made yet is made by this.
    public let promise: String
    /// What who waits for it gets.
    public let outcome: Outcome

    /// A call of `promise.resolve` or `promise.reject`.
    public init(run: String, promise: String, outcome: Outcome) {
        self.run = run
        self.promise = promise
        self.outcome = outcome
    }

    /// The promise, and whether this call settled it.
    public struct Result: Sendable {
        /// The id of the run, for the reply.
        public var run: String
        /// The promise with what it was settled with, by this call or an earlier one.
        public var promise: PromiseRecord
        /// Whether this call settled it.
        public var settled: Bool
    }

    /// Settles it and ends the waits for it in one transaction. Throws `run_closed`, unless it was settled before.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let run = try store.visibleRun(run, call)
        let known = try store.promise(run: run.key, name: promise)
        if let known, known.status != .pending { return Result(run: run.id, promise: known, settled: false) }
        if run.status.isClosed { throw Failure.runClosed(run) }
        let settled = settled(known ?? PromiseRecord(run: run.key, name: promise, created: call.now), call)
        // A promise may be kept before the run asks for it.
        if known == nil {
            try store.insertPromise(settled, epoch: nil)
        } else {
            try store.settlePromise(settled)
        }
        try store.append(
            run: run.key, at: call.now, kind: .promiseSettled,
            detail: detail { writer in
                writer.member("promise", promise)
                writer.member("status", settled.status.rawValue)
                writer.by(call.peer)
            })
        call.tell(
            act: settled.status == .resolved ? "promise.resolve" : "promise.reject", run.id, of: run.userID)
        for step in try store.waitingSteps(
            run: run.key, WaitCondition(.promise, promise), limit: .max)
        {
            try store.wake(step, WaitOutput.promise(settled), &call)
        }
        return Result(run: run.id, promise: settled, settled: true)
    }

    private func settled(_ promise: PromiseRecord, _ call: CallContext) -> PromiseRecord {
        var settled = promise
        settled.settled = call.now
        settled.settledBy = call.peer.uid
        switch outcome {
        case .resolved(let value):
            settled.status = .resolved
            settled.value = value
        case .rejected(let error):
            settled.status = .rejected
            settled.error = error
        }
        return settled
    }
}

/// The promises of a run.
public struct ListPromises: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String
    /// Only promises in this status; nil lists all.
    public let status: PromiseRecord.Status?

    /// A call of `promise.list`.
    public init(run: String, status: PromiseRecord.Status?) {
        self.run = run
        self.status = status
    }

    /// Answers with them in the order in which they were made.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [PromiseRecord] {
        try store.promises(run: store.visibleRun(run, call).key, status: status)
    }
}

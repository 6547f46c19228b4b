import SidestepModel
import SidestepProtocol
import SidestepStore

/// Makes a promise of the run, or answers with the one that is there.
public struct CreatePromise: Command {
    public let proof: LeaseProof
    public let promise: String
    public let metadata: Payload?

    public init(proof: LeaseProof, promise: String, metadata: Payload?) {
        self.proof = proof
        self.promise = promise
        self.metadata = metadata
    }

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
    public enum Outcome: Sendable {
        case resolved(Payload?)
        case rejected(Payload?)
    }

    public let run: String
    public let promise: String
    public let outcome: Outcome

    public init(run: String, promise: String, outcome: Outcome) {
        self.run = run
        self.promise = promise
        self.outcome = outcome
    }

    public struct Result: Sendable {
        public var run: String
        public var promise: PromiseRecord
        /// Whether this call settled it.
        public var settled: Bool
    }

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
    public let run: String
    public let status: PromiseRecord.Status?

    public init(run: String, status: PromiseRecord.Status?) {
        self.run = run
        self.status = status
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [PromiseRecord] {
        try store.promises(run: store.visibleRun(run, call).key, status: status)
    }
}

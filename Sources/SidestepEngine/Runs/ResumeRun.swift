import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

/// Opens a run or comes back to it, and makes the caller its owner.
public struct ResumeRun: Command {
    public enum IfClosed: String, Sendable { case `return`, retry, rerun, fail }
    public enum IfOwned: String, Sendable {
        case fail, wait
        case takeOver = "take_over"
        case kill
    }
    public enum OnCodeChange: String, Sendable { case `continue`, pause, fail }

    /// Who is to be the owner, found out before the transaction.
    public struct OwnerRequest: Sendable {
        public var kind: OwnerKind
        public var process: ProcessIdentity
        public var ttlMilliseconds: Int64?

        public init(kind: OwnerKind, process: ProcessIdentity, ttlMilliseconds: Int64?) {
            self.kind = kind
            self.process = process
            self.ttlMilliseconds = ttlMilliseconds
        }
    }

    /// What a run is called whose first `resume` named no workflow; a later one may.
    static let unnamedWorkflow = "default"

    public var run: String?
    public var workflow: String?
    public var input: Payload?
    public var create = true
    public var ifClosed = IfClosed.return
    public var ifOwned = IfOwned.fail
    public var waitMilliseconds: Int64?
    public var token: String?
    public var codeVersion: String?
    public var onCodeChange = OnCodeChange.continue
    public var refusesMismatch: Bool?
    public var retry: Payload?
    public var maxInterruptions: Int64?
    public var tags: [(name: String, value: String?)] = []
    public var metadata: Payload?
    public var deadline: Instant?
    public var owner: OwnerRequest

    public init(owner: OwnerRequest) { self.owner = owner }

    /// What the caller gets; the steps are read after the commit.
    public struct Result: Sendable {
        public var run: RunRecord
        public var lease: String?
        public var created: Bool
        public var checkpoint: CheckpointRecord?
        /// The outcome of a closed run.
        public var payloads: RunPayloads?
        public var tags: [(name: String, value: String)]
    }

    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let named = try checkpointOfToken(store, call)
        guard let found = try existing(named, store, call) else { return try createRun(store, &call) }
        if found.status.isClosed { return try reopen(found, store, &call) }
        try refuseConflict(found, store)
        if found.status == .paused { throw Failure.runPaused(found) }
        if found.status == .running { return try contend(found, named, store, &call) }
        return try grant(found, at: named, created: false, store, &call)
    }

    // MARK: Which run

    private func checkpointOfToken(
        _ store: any StoreTransaction, _ call: CallContext
    ) throws -> CheckpointRecord? {
        guard let token else { return nil }
        let hint = "Tokens come from `checkpoint`; one that was deleted cannot be resumed from."
        guard let checkpoint = try store.checkpoint(tokenHash: ContentHash.of(token.utf8)),
            let run = try store.run(key: checkpoint.run), store.isVisible(run, call)
        else {
            throw Failure(.tokenInvalid, "the resume token names no checkpoint", run: self.run, hint: hint)
        }
        if let id = self.run, id != run.id {
            throw Failure(.tokenInvalid, "the resume token belongs to another run", run: id, hint: hint)
        }
        return checkpoint
    }

    private func existing(
        _ checkpoint: CheckpointRecord?, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> RunRecord? {
        if let checkpoint { return try store.run(key: checkpoint.run) }
        guard let id = run else { return nil }
        // Only the caller's own: an administrator, too, starts runs of his own.
        if let own = try store.run(user: call.peer.uid, id: id, generation: nil) { return own }
        if create { return nil }
        return try store.visibleRun(id, call)
    }

    private func refuseConflict(_ run: RunRecord, _ store: any StoreTransaction) throws {
        let hint = "Use another id, or if_closed: rerun once it is closed."
        if let workflow, run.workflow != Self.unnamedWorkflow, workflow != run.workflow {
            throw Failure(
                .runConflict, "the run exists with workflow '\(run.workflow)', not '\(workflow)'",
                run: run.id, hint: hint)
        }
        if let input, let known = try store.runPayloads(key: run.key).input, !isSame(known, input) {
            throw Failure(.runConflict, "the run exists with another input", run: run.id, hint: hint)
        }
    }

    // MARK: A new run

    private func createRun(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let id = run ?? Identifiers.run(at: call.now, random: call.environment.random)
        guard create else { throw Failure.runNotFound(id) }
        // A removed run left its number behind: the id goes on counting.
        let past = run == nil ? nil : try store.tombstone(user: call.peer.uid, id: id)
        return try insert(
            id, generation: (past?.generation ?? 0) + 1, epoch: past?.epoch ?? 0,
            workflow ?? Self.unnamedWorkflow, store, &call)
    }

    private func insert(
        _ id: String, generation: Int64, epoch: Int64, _ workflow: String, _ store: any StoreTransaction,
        _ call: inout CallContext
    ) throws -> Result {
        var record = RunRecord(
            key: 0, id: id, userID: call.peer.uid, generation: generation,
            uid: Identifiers.generation(random: call.environment.random), workflow: workflow, now: call.now)
        record.epoch = epoch
        record.codeVersion = codeVersion
        record.deadline = deadline
        record.metadata = metadata
        record.retry = retry
        record.refusesMismatch = refusesMismatch ?? true
        record.maxInterruptions = maxInterruptions ?? record.maxInterruptions
        record.key = try store.insertRun(record, input: input)
        for tag in tags { try store.setRunTag(key: record.key, name: tag.name, value: tag.value) }
        try store.append(
            run: record.key, at: call.now, kind: .runCreated,
            detail: detail { $0.member("generation", generation) })
        return try grant(record, at: nil, created: true, store, &call)
    }

    // MARK: A closed run

    private func reopen(
        _ run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> Result {
        if ifClosed == .rerun {
            return try insert(
                run.id, generation: run.generation + 1, epoch: run.epoch, workflow ?? run.workflow, store,
                &call)
        }
        try refuseConflict(run, store)
        switch ifClosed {
        case .retry where run.status != .completed:
            return try grant(try retried(run, store, call), at: nil, created: false, store, &call)
        case .fail: throw Failure.runClosed(run)
        default:
            return Result(
                run: run, lease: nil, created: false,
                checkpoint: try store.latestCheckpoint(run: run.key, name: nil),
                payloads: try store.runPayloads(key: run.key), tags: try store.runTags(key: run.key))
        }
    }

    private func retried(
        _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> RunRecord {
        var again = run
        again.status = try run.next(.reopened)
        again.closed = nil
        again.attempt += 1
        again.interruptions = 0
        again.updated = call.now
        try store.forgetFailures(of: run, call)
        try store.setRunOutput(key: run.key, output: nil, error: nil)
        try store.append(run: run.key, at: call.now, kind: .runReopened)
        return again
    }

    // MARK: An owned run

    private func contend(
        _ run: RunRecord, _ checkpoint: CheckpointRecord?, _ store: any StoreTransaction,
        _ call: inout CallContext
    ) throws -> Result {
        if isSameOwnerReconnecting(run, call) {
            return try grant(run, at: checkpoint, created: false, store, &call)
        }
        switch ifOwned {
        case .fail: throw Failure.runOwned(run)
        case .wait, .kill:
            let limit = waitMilliseconds ?? call.environment.settings.defaultWaitMilliseconds
            if call.waitExpired || limit == 0 { throw Failure.runOwned(run) }
            let ending = ifOwned == .kill ? try processToEnd(run, call) : nil
            throw Wait([.run(run.key)], until: call.arrived.advanced(byMilliseconds: limit), ending: ending)
        case .takeOver:
            let interrupted = try store.interrupt(run, .takenOver, &call)
            if interrupted.status == .paused {
                call.refusal = .runPaused(interrupted)
                return Result(
                    run: interrupted, lease: nil, created: false, checkpoint: nil, payloads: nil, tags: [])
            }
            return try grant(interrupted, at: checkpoint, created: false, store, &call)
        }
    }

    /// The reply to an earlier `resume` was lost with its connection: the same process asks again.
    private func isSameOwnerReconnecting(_ run: RunRecord, _ call: CallContext) -> Bool {
        guard let lease = run.lease, lease.owner.kind == .connection else { return false }
        return lease.owner.process == call.peer.process && lease.owner.process.startTicks != 0
            && !call.environment.isOpen(lease.session)
    }

    private func processToEnd(_ run: RunRecord, _ call: CallContext) throws -> ProcessIdentity? {
        guard let owner = run.lease?.owner else { return nil }
        guard owner.uid == call.peer.uid || call.peer.uid == 0, owner.process != call.peer.process else {
            throw Failure(
                .notPermitted, "the owner belongs to another user or is the caller itself", run: run.id,
                hint: "Use if_owned: take_over, which fences the owner without ending it.")
        }
        return owner.process
    }
}

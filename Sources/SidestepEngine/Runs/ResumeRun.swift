import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

/// Opens a run or comes back to it, and makes the caller its owner.
@dynamicMemberLookup
public struct ResumeRun: Command {
    /// What becomes of a closed run: it is answered as it ended, opened again, begun anew as the next generation, or
    /// the call is refused with `run_closed`. The words of the wire.
    public enum IfClosed: String, Sendable { case `return`, retry, rerun, fail }
    /// What becomes of a run that somebody else owns: the call is refused with `run_owned`, waits, fences the owner,
    /// or has its process ended and waits for that. The words of the wire.
    public enum IfOwned: String, Sendable {
        case fail, wait
        case takeOver = "take_over"
        case kill
    }
    /// What becomes of a run that code of another version had: it goes on and the journal says so, is paused, or the
    /// call is refused with `run_conflict`. The words of the wire.
    public enum OnCodeChange: String, Sendable { case `continue`, pause, fail }

    /// Who is to be the owner, found out before the transaction.
    public struct OwnerRequest: Sendable {
        /// What the lease is to depend on: the connection, the process, or time.
        public var kind: OwnerKind
        /// The process that is watched: the peer, or an ancestor that it named by `owner_pid`.
        public var process: ProcessIdentity
        /// How long a `ttl` lease holds, a minute unless it is said; other kinds ignore it.
        public var ttlMilliseconds: Int64?

        /// The server looks the process up, since that asks the kernel, and a transaction does not.
        public init(kind: OwnerKind, process: ProcessIdentity, ttlMilliseconds: Int64?) {
            self.kind = kind
            self.process = process
            self.ttlMilliseconds = ttlMilliseconds
        }
    }

    /// What a run is called whose first `resume` named no workflow; a later one may.
    static let unnamedWorkflow = "default"

    /// The run's id; nil makes a new run under an id of the daemon's, or goes by the token.
    public var run: String?
    /// The workflow; a run that was opened without one takes the first that is named. Another one is `run_conflict`.
    public var workflow: String?
    /// What a new run is made with, and what an open one is to have from now on.
    public var terms = RunTerms()
    /// Whether a run is made when there is none; without it `run_not_found`.
    public var create = true
    /// `return` unless the caller says otherwise, and for a completed run with `retry` as well.
    public var ifClosed = IfClosed.return
    /// `fail` unless the caller says otherwise; the owner's own process gets it again when its old connection is gone.
    public var ifOwned = IfOwned.fail
    /// How long `wait` and `kill` wait for the run; nil is `defaultWaitMilliseconds`.
    public var waitMilliseconds: Int64?
    /// A resume token: the next checkpoint builds on the messages of that one. Unknown, it is `token_invalid`.
    public var token: String?
    /// The version of the caller's code; nil compares nothing.
    public var codeVersion: String?
    /// `continue` unless the caller says otherwise.
    public var onCodeChange = OnCodeChange.continue
    /// Who gets the lease; its user is the caller's.
    public var owner: OwnerRequest

    /// A call of `resume`; what is not set has the protocol's standard value.
    public init(owner: OwnerRequest) { self.owner = owner }

    /// The terms as if they were members of this: `resume.input` is `resume.terms.input`.
    public subscript<Value>(dynamicMember term: WritableKeyPath<RunTerms, Value>) -> Value {
        get { terms[keyPath: term] }
        set { terms[keyPath: term] = newValue }
    }

    /// What the caller gets; the steps are read after the commit.
    public struct Result: Sendable {
        /// The run, with its owner and epoch where it was granted.
        public var run: RunRecord
        /// The lease's text, told here and nowhere again; nil when a closed run was only returned.
        public var lease: String?
        /// Whether this call began the generation: then there are no steps to read.
        public var created: Bool
        /// The one that the next checkpoint goes on from; nil when there is none.
        public var checkpoint: CheckpointRecord?
        /// The outcome of a closed run.
        public var payloads: RunPayloads?
        /// The run as the caller is shown it.
        public var view: RunView
        /// The run's own span; nil when nobody is told of traces.
        public var traceparent: String?
    }

    /// Grants the run, or returns a closed one. Throws `run_owned`, `run_paused`, `run_closed`, `run_conflict`,
    /// `run_not_found` or `token_invalid`, and waits where the caller wants to.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let named = try checkpointOfToken(store, call)
        guard let found = try existing(named, store, call) else { return try createRun(store, &call) }
        if found.status.isClosed { return try reopen(found, store, &call) }
        try store.refuseConflict(found, workflow: workflow, input: terms.input)
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

    // MARK: A new run

    private func createRun(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let id = run ?? Identifiers.run(at: call.now, random: call.environment.random)
        guard create else { throw Failure.runNotFound(id) }
        return try insert(id, replacing: nil, workflow ?? Self.unnamedWorkflow, store, &call)
    }

    private func insert(
        _ id: String, replacing replaced: RunRecord?, _ workflow: String, _ store: any StoreTransaction,
        _ call: inout CallContext
    ) throws -> Result {
        var new = NewRun(workflow: workflow)
        new.terms = terms
        new.codeVersion = codeVersion
        let run = try new.insert(id, replacing: replaced, store, &call)
        return try grant(run, at: nil, created: true, store, &call)
    }

    // MARK: A closed run

    private func reopen(
        _ run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> Result {
        if ifClosed == .rerun {
            return try insert(run.id, replacing: run, workflow ?? run.workflow, store, &call)
        }
        try store.refuseConflict(run, workflow: workflow, input: terms.input)
        switch ifClosed {
        case .retry where run.status != .completed:
            return try grant(try store.reopened(run, call), at: nil, created: false, store, &call)
        case .fail: throw Failure.runClosed(run)
        default:
            return Result(
                run: run, lease: nil, created: false,
                checkpoint: try store.latestCheckpoint(run: run.key, name: nil),
                payloads: try store.runPayloads(key: run.key), view: try RunView(run, store),
                traceparent: call.traceparent(of: run))
        }
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
        case .fail:
            if call.waitExpired || !isOwnerGone(run, call) { throw Failure.runOwned(run) }
            throw Wait([.run(run.key)], until: call.arrived.advanced(byMilliseconds: Self.newsOfDeath))
        case .wait, .kill:
            let limit = waitMilliseconds ?? call.environment.settings.defaultWaitMilliseconds
            if call.waitExpired || limit == 0 { throw Failure.runOwned(run) }
            let ending = ifOwned == .kill ? try processToEnd(run, call) : nil
            throw Wait([.run(run.key)], until: call.arrived.advanced(byMilliseconds: limit), ending: ending)
        case .takeOver:
            // An attempt is to come: the owner has reported the end of the one before.
            let cause: InterruptionCause = run.nextAttempt == nil ? .takenOver : .beganAnew
            let interrupted = try store.interrupt(run, cause, &call)
            if interrupted.status.isClosed { return try reopen(interrupted, store, &call) }
            if interrupted.status == .paused {
                throw KeepingWrites.refused(.runPaused(interrupted))
            }
            return try grant(interrupted, at: checkpoint, created: false, store, &call)
        }
    }

    /// How long the word of a death may take from the kernel to the store, milliseconds.
    private static let newsOfDeath: Int64 = 2000

    /// Whether its owner is dead, and this is about to be known: who starts a killed program again at once is faster.
    private func isOwnerGone(_ run: RunRecord, _ call: CallContext) -> Bool {
        guard let owner = run.lease?.owner, owner.kind != .ttl,
            owner.process.place == call.environment.place
        else { return false }
        return call.environment.processes.hasEnded(owner.process)
    }

    /// The reply to an earlier `resume` was lost with its connection: the same process asks again.
    private func isSameOwnerReconnecting(_ run: RunRecord, _ call: CallContext) -> Bool {
        guard let lease = run.lease, lease.owner.kind == .connection else { return false }
        return lease.owner.process == call.peer.process && lease.owner.process.isStartKnown
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

import SidestepModel
import SidestepProtocol
import SidestepStore

/// Stops a run until somebody says go on; its owner is fenced.
public struct PauseRun: Command {
    /// The id of a run that the caller may see; no lease is needed.
    public let run: String

    /// A call of `run.pause`.
    public init(run: String) { self.run = run }

    /// Answers with the run, `paused` (`operator`); steps of it that run are interrupted. Throws `run_closed`.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> RunRecord {
        try store.pause(try store.visibleRun(run, call), &call)
    }
}

extension StoreTransaction {
    func pause(_ run: RunRecord, _ call: inout CallContext) throws -> RunRecord {
        if let refusal = RunAction.pause.refusal(of: run) { throw refusal }
        if run.status == .paused { return run }
        try loseRunningSteps(of: run, &call)
        let peer = call.peer
        let after = try paused(run, .operator, &call) { $0.by(peer) }
        try updateRun(after, expecting: run.epoch)
        try announceEnd(after, &call)
        call.tell(act: "run.pause", run.id, of: run.userID)
        return after
    }
}

/// Lets a paused run go on; its interruptions are forgiven.
public struct UnpauseRun: Command {
    /// The id of a run that the caller may see; no lease is needed.
    public let run: String

    /// A call of `run.unpause`.
    public init(run: String) { self.run = run }

    /// Answers with the run, `queued`; an open run that is not paused stays as it is. Throws `run_closed`.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> RunRecord {
        try store.unpauseOnRequest(try store.visibleRun(run, call), &call)
    }
}

extension StoreTransaction {
    func unpauseOnRequest(_ run: RunRecord, _ call: inout CallContext) throws -> RunRecord {
        if let refusal = RunAction.unpause.refusal(of: run) { throw refusal }
        if run.status != .paused { return run }
        call.tell(act: "run.unpause", run.id, of: run.userID)
        return try unpause(run, &call)
    }

    func unpause(_ run: RunRecord, _ call: inout CallContext) throws -> RunRecord {
        let after = try run.next(.unpaused, at: call.now)
        try append(
            run: run.key, at: call.now, kind: .runUnpaused,
            detail: call.isOwnWork ? nil : detail { $0.by(call.peer) })
        try updateRun(after, expecting: run.epoch)
        call.announce(after)
        call.after(.executionDue(call.now))
        return after
    }
}

/// Takes a run out of everybody's sight; what belongs to it is deleted in batches, but for what forks need.
public struct DeleteRun: Command {
    /// The id of the run; all its generations go with it.
    public let run: String

    /// A call of `run.delete`.
    public init(run: String) { self.run = run }

    /// Answers whether there was one, when the last generation is out of sight: fifty a turn. Throws `run_owned`.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        guard let run = try store.findRun(run, call) else { return call.progress() ?? false }
        guard try store.delete(run, &call) else { throw KeepingWrites.waits(.turn(true)) }
        return true
    }
}

extension StoreTransaction {
    /// Takes all generations of a run out of sight, fifty at a time; returns whether there are no more. Throws
    /// `run_owned`.
    func delete(_ run: RunRecord, _ call: inout CallContext) throws -> Bool {
        if let refusal = RunAction.delete.refusal(of: run) { throw refusal }
        // All generations: the id is free again, and an old outcome can never be taken for a new one.
        try note(act: "run.delete", run.id, of: run.userID, &call, detail: run.lastWords)
        var generation: RunRecord? = run
        var left = 50
        while let record = generation, left > 0 {
            left -= 1
            try takeOut(record, &call)
            generation = try self.run(user: run.userID, id: run.id, generation: nil)
        }
        return generation == nil
    }

    /// Takes one generation of a run out of sight; whoever waits for its end, and the runs below it, learn of it.
    func takeOut(_ run: RunRecord, _ call: inout CallContext) throws {
        let ended = run.status.isClosed ? run : try endCancelled(run, error: nil, &call)
        try removeRun(ended, now: call.now)
        call.after(.later(.deleteRemoved, DeleteRemoved.pauseMilliseconds))
        call.after(.changed(.run(run.key)))
    }
}

extension RunRecord {
    /// What is left of it in the daemon's own journal.
    var lastWords: Payload {
        detail { writer in
            writer.member("workflow", workflow)
            writer.member("status", status.rawValue)
            writer.member("uid", uid)
            writer.member("created_at", created.milliseconds)
        }
    }
}

/// Changes what people say about a run: tags, metadata, deadline.
public struct UpdateRun: Command {
    /// The id of a run that the caller may see; no lease is needed, and it may be closed.
    public let run: String
    /// Tags that are set, or taken away where the value is nil; what is not named stays.
    public let tags: [(name: String, value: String?)]
    /// JSON in place of what is there; nil keeps that.
    public let metadata: Payload?
    /// A new deadline; nil keeps the one there is. A later one takes back a request to end that the old one made.
    public let deadline: Instant?
    /// Amounts that the run and those below it may use up, in place of those of the same name.
    public var budget: [(name: BudgetName, amount: Int64)] = []

    /// A call of `run.update`; `budget` is set after it.
    public init(run: String, tags: [(name: String, value: String?)], metadata: Payload?, deadline: Instant?) {
        self.run = run
        self.tags = tags
        self.metadata = metadata
        self.deadline = deadline
    }

    /// Answers with the run as it is shown; `limit_exceeded` when it would have too many tags.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> RunView {
        var run = try store.visibleRun(run, call)
        try store.setTags(tags, of: run, call)
        try store.setBudgets(budget, of: run)
        if !budget.isEmpty, run.status != .paused { run.isExhausted = false }
        try store.watchTime(of: run, &call)
        run.metadata = metadata ?? run.metadata
        run.deadline = deadline ?? run.deadline
        // More time, given while the owner still undoes, takes the request to end back.
        if let deadline, deadline > call.now, run.cancellation?.reason == Cancellation.deadline {
            run.cancellation = nil
        }
        run.updated = call.now
        try store.updateRun(run, expecting: run.epoch)
        if let deadline { call.after(.due(deadline)) }
        try store.append(
            run: run.key, at: call.now, kind: .runUpdated, detail: detail { $0.by(call.peer) })
        return try RunView(run, store)
    }
}

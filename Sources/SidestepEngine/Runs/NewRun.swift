import SidestepModel
import SidestepProtocol
import SidestepStore

/// What a run is made with, whoever makes it: `resume`, `run.enqueue`, a schedule.
@dynamicMemberLookup
public struct NewRun: Sendable {
    /// What the code to execute is called: a worker has runs of the workflows that it names.
    public var workflow: String
    /// Input, tags, policies and the like, which also belong to a call that finds the run.
    public var terms = RunTerms()
    /// The version of the code that opens it. One that a worker must have is `placement.pinnedVersion`.
    public var codeVersion: String?
    /// Its queue, priority and keys; `queued` runs wait there for a worker.
    public var placement = Placement()
    /// Milliseconds before a worker may have it.
    public var delay: Int64?
    /// The same as a date.
    public var startsAt: Instant?
    /// Milliseconds, from when a worker may have it, in which one has to claim it.
    public var startWithin: Int64?

    /// A run of a workflow with the standard values for all else.
    public init(workflow: String) { self.workflow = workflow }

    /// The terms as if they were members of this: `new.input` is `new.terms.input`.
    public subscript<Value>(dynamicMember term: WritableKeyPath<RunTerms, Value>) -> Value {
        get { terms[keyPath: term] }
        set { terms[keyPath: term] = newValue }
    }

    /// Adds a run, `queued`.
    ///
    /// - Parameter replaced: the closed generation whose id is used again.
    func insert(
        _ id: String, replacing replaced: RunRecord?, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> RunRecord {
        let parent = try openParent(store, call)
        try store.requireRoom(forRunOf: call.peer.uid, isChild: parent != nil, &call)
        // A removed run left its numbers behind: the id goes on counting.
        let past = replaced == nil ? try store.tombstone(user: call.peer.uid, id: id) : nil
        let generation = (replaced?.generation ?? past?.generation ?? 0) + 1
        var run = RunRecord(
            key: 0, id: id, userID: call.peer.uid, generation: generation,
            uid: Identifiers.generation(random: call.environment.random), workflow: workflow, now: call.now)
        run.epoch = replaced?.epoch ?? past?.epoch ?? 0
        run.codeVersion = codeVersion
        run.metadata = terms.metadata
        run.retry = terms.retry
        run.refusesMismatch = terms.refusesMismatch ?? run.refusesMismatch
        run.maxInterruptions = terms.maxInterruptions ?? run.maxInterruptions
        run.placement = placement
        let start = startsAt ?? call.now.advanced(byMilliseconds: delay ?? 0)
        run.nextAttempt = start > call.now ? start : nil
        run.placement.startsOnDate = startsAt != nil
        run.placement.startDeadline = startWithin.map {
            max(start, call.now).advanced(byMilliseconds: $0)
        }
        run.isDetached = terms.isDetached
        run.compensates = terms.compensates ?? run.compensates
        run.parent = parent?.key
        run.traceparent =
            try terms.checkedTraceparent() ?? parent.flatMap { call.traceparent(of: $0) ?? $0.traceparent }
        run.deadline = [terms.deadline, parent?.deadline].compactMap(\.self).min()
        run.key = try store.insertRun(run, input: terms.input)
        try store.setBudgets(terms.budget, of: run)
        try store.setTags(terms.tags, of: run, call)
        try store.append(
            run: run.key, at: call.now, kind: .runCreated,
            detail: detail { writer in
                writer.member("generation", generation)
                writer.member("parent", parent?.id)
            })
        if replaced == nil { try store.adoptEarlySignals(run, call) }
        if let deadline = run.deadline { call.after(.due(deadline)) }
        return run
    }

    private func openParent(_ store: any StoreTransaction, _ call: CallContext) throws -> RunRecord? {
        guard let parent = terms.parent else { return nil }
        let run = try store.visibleRun(parent, call)
        if run.status.isClosed { throw Failure.runClosed(run) }
        return run
    }
}

extension StoreTransaction {
    /// Refuses to take a run for another one: the same id stands for the same workflow and input.
    ///
    /// What is absent, now or then, never conflicts.
    func refuseConflict(_ run: RunRecord, workflow: String?, input: Payload?) throws {
        let hint = "Use another id, or if_closed: rerun once it is closed."
        if let workflow, run.workflow != ResumeRun.unnamedWorkflow, workflow != run.workflow {
            throw Failure(
                .runConflict, "the run exists with workflow '\(run.workflow)', not '\(workflow)'",
                run: run.id, hint: hint)
        }
        if let input, let known = try runPayloads(key: run.key).input, !isSame(known, input) {
            throw Failure(.runConflict, "the run exists with another input", run: run.id, hint: hint)
        }
    }

    /// Opens a failed or cancelled run again, `queued`: completed steps stay, failed ones are forgotten.
    /// The caller writes it. Refuses one that was undone: what its steps recorded does not hold any more.
    func reopened(_ run: RunRecord, _ call: CallContext) throws -> RunRecord {
        let undone = try compensations(run: run.key)
        if !undone.isEmpty { throw Failure.undone(run, by: undone) }
        let again = try run.next(.reopened, at: call.now)
        try forgetFailures(of: run, call)
        try setRunOutput(key: run.key, output: nil, error: nil)
        try append(run: run.key, at: call.now, kind: .runReopened)
        return again
    }
}

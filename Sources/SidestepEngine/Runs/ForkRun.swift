import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

/// Makes a new run that begins with what another one recorded, and goes its own way from there.
///
/// The records are shared, not copied: completed steps never change, so the fork reads its source's.
public struct ForkRun: Command {
    /// Forks of forks at most: past it looking up a step would cost too many statements.
    static let depthLimit = 100

    /// The id of the source; its newest generation is forked, open or closed.
    public let run: String
    /// The id of the fork; nil makes one. With an id the call may be sent again and answers with the same fork.
    public var newRun: String?
    /// Up to where completed steps are shared; the step that is named there is executed again.
    public var point = ForkPoint.end
    /// The workflow of the fork; nil takes the source's.
    public var workflow: String?
    /// JSON in place of the source's input; nil takes that.
    public var input: Payload?
    /// In place of the state and the message history of the checkpoint at the point.
    public var state: Payload?
    /// The whole message history; nil takes the one at the point.
    public var messages: [Payload]?
    /// In place of what came back for the recording at the point; nil has it asked for again.
    public var answer: ForkedAnswer?
    /// Whether signals that nobody consumed go to the fork as well.
    public var copiesSignals = false

    /// A call of `run.fork`.
    public init(run: String) { self.run = run }

    /// The fork, and what it came from.
    public struct Result {
        /// The fork as every method shows it; a new one is `queued`.
        public var view: RunView
        /// False when this very fork was made before.
        public var created: Bool
        /// The source and the point as they were named; `forked_from` on the wire.
        public var lineage: Lineage
    }

    /// Makes the fork in one transaction, however long the source is. Throws `run_conflict` when `newRun` is another
    /// run, `limit_exceeded` for forks of forks past the depth.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let source = try store.visibleRun(run, call)
        let lineage = Lineage(source: source.id, generation: source.generation, point: point)
        if let known = try existing(lineage, source, store) {
            return Result(view: try RunView(known, store), created: false, lineage: lineage)
        }
        let cut = try self.cut(source, store, call)
        try store.requireRoom(forRunOf: source.userID, &call)
        var fork = try insert(source, store, call)
        let created = try store.append(
            run: fork.key, at: call.now, kind: .runCreated,
            detail: detail { writer in
                writer.member("generation", fork.generation)
                writer.object("forked_from") { $0.members(of: lineage) }
                writer.by(call.peer)
            })
        call.tell(act: "run.fork", source.id, of: source.userID)
        let origin = try nearest(RunOrigin(run: source.key, sequence: cut ?? created), store)
        try store.setOrigin(of: fork.key, origin)
        try store.setLineage(of: fork.key, lineage)
        fork.origin = origin
        try refuseDepth(fork, store)
        try copyState(source, fork, store)
        if copiesSignals { try copySignals(source, fork, store) }
        try saveAnswer(source, fork, store, &call)
        fork.head = try saveCheckpoint(fork, at: created, store, call)
        if fork.head != nil { try store.updateRun(fork, expecting: fork.epoch) }
        call.announce(fork)
        return Result(view: try RunView(fork, store), created: true, lineage: lineage)
    }

    /// The fork that this very call made before, when its reply was lost.
    private func existing(
        _ lineage: Lineage, _ source: RunRecord, _ store: any StoreTransaction
    ) throws -> RunRecord? {
        guard let newRun, let known = try store.run(user: source.userID, id: newRun, generation: nil) else {
            return nil
        }
        if try store.lineage(of: known.key) == lineage { return known }
        throw Failure(
            .runConflict, "there is a run '\(newRun)' already, and it is no fork of this one at this point",
            run: newRun, hint: "Choose another `new_run`, or leave it out and take the daemon's.")
    }

    // MARK: Where

    /// The last place in the journal that is shared; nil for all there is.
    private func cut(_ source: RunRecord, _ store: any StoreTransaction, _ call: CallContext) throws -> Int64?
    {
        switch point {
        case .end: return nil
        case .failed:
            let failed = try store.stepCounts(run: source.key).contains { $0.status == .failed }
            if failed || source.status == .failed { return nil }
            throw Failure(
                .invalidArgument, "the run has no failed step", run: source.id,
                hint: "Name the `step` to execute again, or leave the point out to fork where the run stands."
            )
        case .step(let name):
            guard let step = try store.step(of: source, name: name) else {
                throw Failure.stepNotFound(name, source)
            }
            // A step without a result is executed anyway; all that was completed is shared.
            return step.status == .completed ? step.sequence - 1 : nil
        case .recording(let number):
            let recording = try store.knownRecording(number, of: source)
            return recording.state == .completed ? recording.sequence.map { $0 - 1 } : nil
        case .checkpoint(let id):
            let places = [RunOrigin(run: source.key, sequence: .max)] + (try store.origins(of: source))
            guard let checkpoint = try store.checkpoint(id: id),
                places.contains(where: {
                    $0.run == checkpoint.run && checkpoint.journalSequence <= $0.sequence
                })
            else {
                throw Failure(
                    .checkpointNotFound, "the run has no checkpoint '\(id)'", run: source.id,
                    hint: "`checkpoint.list` lists those of a run.")
            }
            return checkpoint.journalSequence
        }
    }

    /// A point inside what the source shares with its own origin is a point of that origin.
    private func nearest(_ origin: RunOrigin, _ store: any StoreTransaction) throws -> RunOrigin {
        var found = origin
        while let deeper = try store.origin(of: found.run), found.sequence <= deeper.sequence {
            found.run = deeper.run
        }
        return found
    }

    private func refuseDepth(_ fork: RunRecord, _ store: any StoreTransaction) throws {
        guard try store.origins(of: fork).count > Self.depthLimit else { return }
        throw Failure(
            .limitExceeded, "the run is a fork of a fork, \(Self.depthLimit) deep already", run: run,
            hint: "Fork an earlier run of the line."
        ).with(\.limit, "fork_depth")
    }
}

extension JSONWriter {
    /// What a run was forked from, as members of the current object.
    public mutating func members(of lineage: Lineage) {
        member("run", lineage.source)
        member("generation", lineage.generation)
        switch lineage.point {
        case .step(let name): member("step", name)
        case .checkpoint(let id): member("checkpoint", id)
        case .recording(let number): member("recording", number)
        case .failed: member("from_failed", true)
        case .end: break
        }
    }
}

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

    public let run: String
    public var newRun: String?
    public var point = ForkPoint.end
    public var workflow: String?
    public var input: Payload?
    /// In place of the state and the message history of the checkpoint at the point.
    public var state: Payload?
    public var messages: [Payload]?

    public init(run: String) { self.run = run }

    public struct Result {
        public var view: RunView
        public var created: Bool
        public var lineage: Lineage
    }

    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let source = try store.visibleRun(run, call)
        let lineage = Lineage(source: source.id, generation: source.generation, point: point)
        if let known = try existing(lineage, source, store) {
            return Result(view: try RunView(known, store), created: false, lineage: lineage)
        }
        let cut = try self.cut(source, store, call)
        var fork = try insert(source, store, call)
        let created = try store.append(
            run: fork.key, at: call.now, kind: .runCreated,
            detail: detail { writer in
                writer.member("generation", fork.generation)
                writer.object("forked_from") { $0.members(of: lineage) }
            })
        let origin = try nearest(RunOrigin(run: source.key, sequence: cut ?? created), store)
        try store.setOrigin(of: fork.key, origin, lineage)
        fork.origin = origin
        try refuseDepth(fork, store)
        try copyState(source, fork, store)
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

    // MARK: What

    private func insert(
        _ source: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> RunRecord {
        let id = newRun ?? Identifiers.run(at: call.now, random: call.environment.random)
        let past = try store.tombstone(user: source.userID, id: id)
        var fork = RunRecord(
            key: 0, id: id, userID: source.userID, generation: (past?.generation ?? 0) + 1,
            uid: Identifiers.generation(random: call.environment.random),
            workflow: workflow ?? source.workflow,
            now: call.now)
        fork.epoch = past?.epoch ?? 0
        fork.placement.queue = source.placement.queue
        fork.placement.priority = source.placement.priority
        fork.placement.concurrencyKey = source.placement.concurrencyKey
        fork.compensates = source.compensates
        fork.metadata = source.metadata
        fork.retry = source.retry
        fork.refusesMismatch = source.refusesMismatch
        fork.maxInterruptions = source.maxInterruptions
        let input = try input ?? store.runPayloads(key: source.key).input
        fork.key = try store.insertRun(fork, input: input)
        for tag in try store.runTags(key: source.key) {
            try store.setRunTag(key: fork.key, name: tag.name, value: tag.value)
        }
        return fork
    }

    /// The journal keeps no history of these values, so the fork begins with those of now.
    private func copyState(_ source: RunRecord, _ fork: RunRecord, _ store: any StoreTransaction) throws {
        for (name, value) in try store.states(run: source.key) {
            try store.setState(run: fork.key, name: name, value: value, epoch: fork.epoch)
        }
    }

    /// A checkpoint of the fork's own: the one at the point, its messages shared, or what the caller puts in its place.
    private func saveCheckpoint(
        _ fork: RunRecord, at sequence: Int64, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> Int64? {
        let base = try checkpointAtPoint(fork, store)
        if base == nil, state == nil, messages == nil { return nil }
        let token = Identifiers.resumeToken(random: call.environment.random)
        var new = NewCheckpoint(
            id: Identifiers.checkpoint(random: call.environment.random), run: fork.key,
            tokenHash: ContentHash.of(token.utf8), created: call.now)
        new.name = base?.name
        new.stepNumber = base?.stepNumber
        new.state = state ?? base?.state
        new.toolResults = base?.toolResults
        new.metadata = base?.metadata
        new.history = try messages.map { try history($0, fork, store) } ?? base?.history
        new.journalSequence = sequence
        return try store.insertCheckpoint(new, epoch: fork.epoch).key
    }

    private func checkpointAtPoint(
        _ fork: RunRecord, _ store: any StoreTransaction
    ) throws -> CheckpointRecord? {
        for origin in try store.origins(of: fork) {
            if let found = try store.sharedCheckpoint(origin) { return found }
        }
        return nil
    }

    private func history(
        _ messages: [Payload], _ fork: RunRecord, _ store: any StoreTransaction
    ) throws -> HistoryPoint {
        let branch = try store.insertBranch(run: fork.key, parent: nil)
        try store.appendMessages(messages, branch: branch, position: 0)
        return HistoryPoint(branch: branch, length: Int64(messages.count))
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
        case .failed: member("from_failed", true)
        case .end: break
        }
    }
}

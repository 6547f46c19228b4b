import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

/// Saves the state of an agent; writes what is new.
public struct SaveCheckpoint: Command {
    /// What becomes of the message history.
    public enum Messages: Sendable {
        /// That of the checkpoint before, if there is one.
        case unchanged
        /// The first `keep` messages of the current history, then these.
        case append(keep: Int64?, [Payload])
        /// These; what they share with the current history is found and not written again.
        case all([Payload])
    }

    /// Proof of the lease; not enough once the run is asked to end.
    public let proof: LeaseProof
    /// How far the agent is, in its own count; shown, and not looked at.
    public var stepNumber: Int64?
    /// JSON as it came; equal large values of one user are stored once.
    public var state: Payload?
    /// The history after this checkpoint, told by what changes in that of the one before.
    public var messages = Messages.unchanged
    /// What the agent's tools answered, JSON as it came.
    public var toolResults: Payload?
    /// JSON that people see beside the checkpoint.
    public var metadata: Payload?
    /// A name to find it by; several may have one name, and the newest is meant.
    public var name: String?
    /// A token that the client minted, 22 characters at least, so that the call may be sent again; nil mints one.
    public var resumeToken: String?

    /// A call of `checkpoint`; what is not set is left out of it, and the history stays as it is.
    public init(proof: LeaseProof) { self.proof = proof }

    /// What the caller is told, once it is on disk.
    public struct Result {
        /// The checkpoint, without the values that the caller has sent himself.
        public var checkpoint: CheckpointRecord
        /// The secret that `resume` takes; told here and nowhere again.
        public var resumeToken: String
        /// Bytes of payload that were not stored before; 0 when the call was sent again.
        public var newBytes: Int64
    }

    /// Writes what is new and makes it the run's head. Throws `invalid_argument` for a `keep` past the history's end,
    /// or a token of another run.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let run = try store.heldRun(proof, &call)
        let token = resumeToken ?? Identifiers.resumeToken(random: call.environment.random)
        let hash = ContentHash.of(token.utf8)
        if let saved = try store.checkpoint(tokenHash: hash) { return try repeated(saved, run, token) }
        let current = try run.head.flatMap { try store.checkpoint(key: $0) }?.history
        let history = try newHistory(of: run, current, store)
        var new = NewCheckpoint(
            id: Identifiers.checkpoint(at: call.now, random: call.environment.random), run: run.key,
            user: run.userID,
            tokenHash: hash, created: call.now)
        new.name = name
        new.stepNumber = stepNumber
        new.history = history.point
        new.state = state
        new.toolResults = toolResults
        new.metadata = metadata
        new.journalSequence = try store.append(
            run: run.key, at: call.now, kind: .checkpointSaved,
            detail: detail { $0.member("checkpoint", new.id) })
        let written = try store.insertCheckpoint(new, epoch: run.epoch)
        try moveHead(of: run, to: written.key, store)
        return Result(
            checkpoint: record(new, key: written.key), resumeToken: token,
            newBytes: written.newBytes + history.newBytes)
    }

    /// A token that the client minted makes the call idempotent: it was saved before its reply was lost.
    private func repeated(_ saved: CheckpointRecord, _ run: RunRecord, _ token: String) throws -> Result {
        guard saved.run == run.key else {
            throw Failure(
                .invalidArgument, "this resume_token names a checkpoint of another run", run: run.id,
                hint: "Mint a new random one.")
        }
        return Result(checkpoint: saved, resumeToken: token, newBytes: 0)
    }

    private func moveHead(of run: RunRecord, to key: Int64, _ store: any StoreTransaction) throws {
        var moved = run
        moved.head = key
        try store.updateRun(moved, expecting: run.epoch)
    }

    private func record(_ new: NewCheckpoint, key: Int64) -> CheckpointRecord {
        var record = CheckpointRecord(key: key, id: new.id, run: new.run, created: new.created)
        record.history = new.history
        return record
    }

    // MARK: History

    private func newHistory(
        of run: RunRecord, _ current: HistoryPoint?, _ store: any StoreTransaction
    ) throws -> (point: HistoryPoint?, newBytes: Int64) {
        switch messages {
        case .unchanged: return (current, 0)
        case .append(let keep, let added):
            let length = current?.length ?? 0
            let keep = keep ?? length
            guard keep <= length else {
                throw Failure(
                    .invalidArgument, "messages.keep is \(keep), but the history has \(length) messages",
                    run: run.id,
                    hint: "Send the whole history in messages.all, or keep at most what there is.")
            }
            return try extend(current, keep: keep, with: added[...], of: run, store)
        case .all(let all):
            let shared = try sharedPrefix(all, current, store)
            return try extend(current, keep: Int64(shared), with: all[shared...], of: run, store)
        }
    }

    private func extend(
        _ current: HistoryPoint?, keep: Int64, with added: ArraySlice<Payload>, of run: RunRecord,
        _ store: any StoreTransaction
    ) throws -> (point: HistoryPoint?, newBytes: Int64) {
        if added.isEmpty, keep == current?.length ?? 0 { return (current, 0) }
        let branch: Int64
        if let current, keep == current.length, try store.branchLength(current.branch) == keep {
            branch = current.branch
        } else {
            branch = try store.insertBranch(
                run: run.key, parent: current.map { HistoryPoint(branch: $0.branch, length: keep) })
        }
        try store.appendMessages(Array(added), branch: branch, position: keep)
        let bytes = added.reduce(Int64(0)) { $0 + Int64($1.count) }
        return (HistoryPoint(branch: branch, length: keep + Int64(added.count)), bytes)
    }

    /// How many messages both histories begin with.
    private func sharedPrefix(
        _ all: [Payload], _ current: HistoryPoint?, _ store: any StoreTransaction
    ) throws -> Int {
        guard let current else { return 0 }
        let known = try store.messages(current, 0..<min(current.length, Int64(all.count)), maxBytes: .max)
        return zip(known, all).prefix { $0 == $1 }.count
    }
}

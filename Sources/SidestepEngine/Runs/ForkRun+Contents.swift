import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

/// What a fork begins with, beside the steps it shares.
extension ForkRun {
    func insert(
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
        try store.adoptEarlySignals(fork, call)
        return fork
    }

    /// The journal keeps no history of these values, so the fork begins with those of now.
    func copyState(_ source: RunRecord, _ fork: RunRecord, _ store: any StoreTransaction) throws {
        for (name, value) in try store.states(run: source.key) {
            try store.setState(run: fork.key, name: name, value: value, epoch: fork.epoch)
        }
    }

    /// A checkpoint of the fork's own: the one at the point, its messages shared, or what the caller puts in its place.
    func saveCheckpoint(
        _ fork: RunRecord, at sequence: Int64, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> Int64? {
        let base = try checkpointAtPoint(fork, store)
        if base == nil, state == nil, messages == nil { return nil }
        let token = Identifiers.resumeToken(random: call.environment.random)
        var new = NewCheckpoint(
            id: Identifiers.checkpoint(at: call.now, random: call.environment.random), run: fork.key,
            user: fork.userID, tokenHash: ContentHash.of(token.utf8), created: call.now)
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

    func copySignals(_ source: RunRecord, _ fork: RunRecord, _ store: any StoreTransaction) throws {
        var last: Int64 = 0
        while true {
            let page = try store.signals(
                run: source.key, name: nil, pendingOnly: true, after: last, limit: 1000)
            for signal in page.items {
                var copy = signal
                copy.run = fork.key
                try store.insertSignal(copy)
                last = signal.key
            }
            if !page.hasMore { return }
        }
    }
}

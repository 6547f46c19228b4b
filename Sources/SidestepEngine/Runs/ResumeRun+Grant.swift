import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

extension ResumeRun {
    /// Makes the caller the owner: a new epoch, a new secret,
    /// and nothing of an older owner is accepted any more.
    func grant(
        _ run: RunRecord, at checkpoint: CheckpointRecord?, created: Bool, _ store: any StoreTransaction,
        _ call: inout CallContext
    ) throws -> Result {
        try call.refuseStartWhileDraining()
        var granted = run
        if let refusal = try changeCode(&granted, store, call) {
            throw try refuse(granted, refusal, store, &call)
        }
        let secret = Identifiers.hex(call.environment.random.bytes(16))
        granted = try granted.next(run.status == .running ? .takenOver : .granted, at: call.now)
        granted.secretHash = ContentHash.of(secret.utf8)
        granted.head = checkpoint?.key ?? run.head
        if !created { try update(&granted, expecting: run.epoch, store, call) }
        if !created { try store.bookSaved(of: granted, at: call.now) }
        granted.lease = try newLease(granted, store, call)
        try store.updateRun(granted, expecting: run.epoch)
        for due in [granted.lease?.expires, granted.deadline].compactMap(\.self) { call.after(.due(due)) }
        try store.watchTime(of: granted, &call)
        call.after(.granted(LeaseHolder(granted)!))
        let current = try checkpoint ?? granted.head.flatMap { try store.checkpoint(key: $0) }
        return Result(
            run: granted, lease: LeaseText(runKey: run.key, epoch: granted.epoch, secret: secret).text,
            created: created, checkpoint: current, payloads: nil, view: try RunView(granted, store),
            traceparent: call.traceparent(of: granted))
    }

    /// What a later `resume` may change of an existing run.
    private func update(
        _ run: inout RunRecord, expecting epoch: Int64, _ store: any StoreTransaction, _ call: CallContext
    ) throws {
        if let workflow, workflow != run.workflow {
            try store.setRunWorkflow(key: run.key, workflow: workflow, epoch: epoch)
            run.workflow = workflow
        }
        if let input = terms.input, try store.runPayloads(key: run.key).input == nil {
            try store.setRunInput(key: run.key, input: input)
        }
        run.retry = terms.retry ?? run.retry
        run.refusesMismatch = terms.refusesMismatch ?? run.refusesMismatch
        run.maxInterruptions = terms.maxInterruptions ?? run.maxInterruptions
        run.deadline = terms.deadline ?? run.deadline
        run.compensates = terms.compensates ?? run.compensates
        run.metadata = terms.metadata ?? run.metadata
        try store.setBudgets(terms.budget, of: run)
        try store.setTags(terms.tags, of: run, call)
    }

    private func newLease(
        _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> HeldLease {
        let holder = Owner(kind: owner.kind, process: owner.process, uid: call.peer.uid, since: call.now)
        let sequence = try store.append(
            run: run.key, at: call.now, kind: .leaseGranted, detail: ownerDetail(holder, run.epoch))
        return HeldLease(
            owner: holder, session: call.session,
            expires: owner.kind == .ttl
                ? call.now.advanced(byMilliseconds: owner.ttlMilliseconds ?? 60_000) : nil,
            boot: call.environment.boot, grantedSequence: sequence)
    }

    /// Notes another version of the code; answers why the caller is refused, if the policy says so.
    private func changeCode(
        _ run: inout RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> Failure? {
        guard let codeVersion, let known = run.codeVersion, known != codeVersion else {
            run.codeVersion = codeVersion ?? run.codeVersion
            return nil
        }
        let message = "the code changed from version '\(known)' to '\(codeVersion)'"
        switch onCodeChange {
        case .fail:
            throw Failure(
                .runConflict, message, run: run.id,
                hint: "Run the old version, or pass on_code_change: continue.")
        case .pause:
            return Failure(
                .runPaused, message, run: run.id,
                hint: "`\(ShellText.sidestep("unpause", run.id))` lets the new version go on.")
        case .continue:
            let change = detail { writer in
                writer.member("from", known)
                writer.member("to", codeVersion)
            }
            try store.append(run: run.key, at: call.now, kind: .codeChanged, detail: change)
            run.codeVersion = codeVersion
            return nil
        }
    }

    /// Pauses the run; the pause stands although the caller gets an error.
    private func refuse(
        _ run: RunRecord, _ refusal: Failure, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> KeepingWrites {
        let versions = (old: run.codeVersion, new: codeVersion)
        var paused = try store.paused(run, .codeVersion, &call) { writer in
            writer.member("from", versions.old)
            writer.member("to", versions.new)
        }
        // Whoever unpauses the run decides: the old version may go on as well as the new one.
        paused.codeVersion = nil
        try store.updateRun(paused, expecting: run.epoch)
        // Its owner may be this very process, on an older connection.
        if run.lease != nil { try store.announceEnd(paused, &call) }
        return .refused(refusal)
    }
}

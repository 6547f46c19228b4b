import SidestepHash
import SidestepModel
import SidestepStore

extension StoreReader {
    /// The newest generation of a run (or the one named) that the caller may see.
    func visibleRun(_ id: String, generation: Int64? = nil, _ call: CallContext) throws -> RunRecord {
        guard let run = try findRun(id, generation: generation, call) else { throw Failure.runNotFound(id) }
        return run
    }

    /// The run that the caller means; nil when there is none that he may see.
    func findRun(_ id: String, generation: Int64? = nil, _ call: CallContext) throws -> RunRecord? {
        if let own = try run(user: call.peer.uid, id: id, generation: generation) { return own }
        return call.peer.isAdministrator ? try run(user: nil, id: id, generation: generation) : nil
    }

    /// The id of a run by its key; nil for one that is removed or not wholly imported.
    func shownID(ofRun key: Int64) throws -> String? {
        guard let run = try run(key: key), run.userID != RunRecord.nobody else { return nil }
        return run.id
    }

    func isVisible(_ run: RunRecord, _ call: CallContext) -> Bool {
        run.userID != RunRecord.nobody && (call.peer.isAdministrator || run.userID == call.peer.uid)
    }
}

extension StoreTransaction {
    /// The run that the caller acts for, if its lease is in force.
    ///
    /// An owner that was only cut off gets its lease back here, as long as nobody else was granted the run.
    ///
    /// - Parameter purpose: a run that was asked to end takes no new work.
    func heldRun(
        _ proof: LeaseProof, _ call: inout CallContext, for purpose: Purpose = .work
    ) throws -> RunRecord {
        let run =
            switch proof {
            case .session(let id): try runHeldBySession(id, call)
            case .text(let text, let id): try runHeldByText(text, id, &call)
            }
        if purpose == .work, run.cancellation != nil { throw Failure.cancelRequested(run) }
        return run
    }

    private func runHeldBySession(_ id: String?, _ call: CallContext) throws -> RunRecord {
        // A connection may hold thousands of runs: named, one is found by its name.
        let held =
            try id.map { try named($0, call).filter { $0.lease?.session == call.session } }
            ?? runs(heldBySession: call.session, limit: 2)
        if id == nil, held.count > 1 {
            throw Failure(
                .leaseRequired, "this connection holds several runs; name one of them in `run`",
                hint: "Add \"run\" to the parameters.")
        }
        if let only = held.first, only.status == .running { return only }
        if let id, call.grantedRuns.contains(id), let run = try run(user: nil, id: id, generation: nil) {
            throw try notHeld(run)
        }
        if id == nil, let only = call.grantedRuns.any,
            let run = try run(user: nil, id: only, generation: nil)
        {
            throw try notHeld(run)
        }
        if let id { _ = try visibleRun(id, call) }
        throw Failure.leaseRequired(id)
    }

    /// The runs that the caller may mean by an id: his own, and, for an administrator, the newest of all users.
    private func named(_ id: String, _ call: CallContext) throws -> [RunRecord] {
        let users: [UserID?] = [call.peer.uid] + (call.peer.isAdministrator ? [nil] : [])
        return try users.compactMap { try run(user: $0, id: id, generation: nil) }
    }

    private func runHeldByText(_ text: String, _ id: String?, _ call: inout CallContext) throws -> RunRecord {
        guard let lease = LeaseText(text), let run = try run(key: lease.runKey), isVisible(run, call) else {
            throw Failure.leaseLost(id)
        }
        if let id, id != run.id {
            throw Failure(
                .invalidArgument, "the lease is of run '\(run.id)', not of '\(id)'", run: id,
                hint: "Leave `run` out: a lease names its run.")
        }
        guard run.epoch == lease.epoch, run.status == .running || run.status == .interrupted else {
            let failure = try notHeld(run)
            throw failure.kind == .leaseLost && run.epoch == lease.epoch ? .ownerEnded(run.id) : failure
        }
        guard let hash = run.secretHash, hash == ContentHash.of(lease.secret.utf8) else {
            throw run.secretHash == nil ? Failure.ownerEnded(run.id) : Failure.leaseLost(run.id)
        }
        return try attached(run, &call)
    }

    /// Why a caller that once held the run does not hold it now;
    /// a generation that has a successor is not asked any more.
    private func notHeld(_ run: RunRecord) throws -> Failure {
        let newest = try self.run(user: run.userID, id: run.id, generation: nil)
        return newest?.generation == run.generation ? .notHeld(run) : .leaseLost(run.id)
    }

    /// Moves a lease of kind `connection` to the connection on which its owner presents it,
    /// when the old one is gone.
    private func attached(_ run: RunRecord, _ call: inout CallContext) throws -> RunRecord {
        if run.status == .interrupted { return try revived(run, &call) }
        guard let lease = run.lease, lease.owner.kind == .connection, lease.session != call.session,
            lease.owner.process == call.peer.process, !call.environment.isOpen(lease.session)
        else { return run }
        var moved = run
        moved.lease?.session = call.session
        try updateRun(moved, expecting: run.epoch)
        call.after(.attached(run: run.key, session: call.session))
        return moved
    }

    private func revived(_ run: RunRecord, _ call: inout CallContext) throws -> RunRecord {
        var again = try run.next(.cameBack, at: call.now)
        let owner = Owner(kind: .connection, process: call.peer.process, uid: call.peer.uid, since: call.now)
        let sequence = try append(
            run: run.key, at: call.now, kind: .leaseGranted, detail: ownerDetail(owner, run.epoch))
        again.lease = HeldLease(
            owner: owner, session: call.session, expires: nil, boot: call.environment.boot,
            grantedSequence: sequence)
        try updateRun(again, expecting: run.epoch)
        call.after(.granted(LeaseHolder(again)!))
        return again
    }
}

/// What an owner wants to do with its run.
enum Purpose {
    case work
    /// Undo, record what was running already, or let go: allowed after a request to end, too.
    case ending
}

extension LeaseHolder {
    init?(_ run: RunRecord) {
        guard let lease = run.lease else { return nil }
        self.init(
            run: run.key, id: run.id, epoch: run.epoch, kind: lease.owner.kind, process: lease.owner.process,
            session: lease.session)
    }
}

extension RunRecord {
    /// The run after `event`. Callers have looked at the status before:
    /// an illegal event is our own mistake.
    func next(_ event: RunEvent, at now: Instant, next: Instant? = nil) throws -> RunRecord {
        guard let after = after(event, at: now, next: next) else {
            throw Failure(.invalidArgument, "a run that is \(status.rawValue) cannot be \(event)", run: id)
        }
        return after
    }
}

import SidestepModel
import SidestepStore

/// Keeps a lease: extends a ttl, and moves a lease of kind `connection` to the connection of this call.
public struct RenewLease: Command {
    /// Proof of the lease; good while the run is asked to end, and for an owner that was cut off and comes back.
    public let proof: LeaseProof
    /// How long a `ttl` lease holds from now on; nil is the span between its grant and its end.
    public let ttlMilliseconds: Int64?

    /// A call of `lease.renew`.
    public init(proof: LeaseProof, ttlMilliseconds: Int64?) {
        self.proof = proof
        self.ttlMilliseconds = ttlMilliseconds
    }

    /// Answers the run with its lease as it stands now; `lease_lost` when another owner has the run.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> RunRecord {
        var run = try store.heldRun(proof, &call, for: .ending)
        guard let lease = run.lease, lease.owner.kind == .ttl else { return run }
        run.lease?.expires = call.now.advanced(byMilliseconds: ttlMilliseconds ?? remaining(lease))
        try store.updateRun(run, expecting: run.epoch)
        if let expires = run.lease?.expires { call.after(.due(expires)) }
        return run
    }

    /// The span of the last grant or renewal is not stored; what it was is bounded below by
    /// the time since the grant.
    private func remaining(_ lease: HeldLease) -> Int64 {
        lease.expires?.milliseconds(since: lease.owner.since) ?? 60_000
    }
}

/// Who owns a run.
public struct GetLease: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String

    /// A call of `lease.get`.
    public init(run: String) { self.run = run }

    /// Answers the run, whose `lease` is nil when nobody owns it; `run_not_found` when the caller sees none.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> RunRecord {
        try store.visibleRun(run, call)
    }
}

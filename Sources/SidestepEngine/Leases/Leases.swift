import SidestepModel
import SidestepStore

/// Keeps a lease: extends a ttl, and moves a lease of kind `connection` to the connection of this call.
public struct RenewLease: Command {
    public let proof: LeaseProof
    public let ttlMilliseconds: Int64?

    public init(proof: LeaseProof, ttlMilliseconds: Int64?) {
        self.proof = proof
        self.ttlMilliseconds = ttlMilliseconds
    }

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
    public let run: String

    public init(run: String) { self.run = run }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> RunRecord {
        try store.visibleRun(run, call)
    }
}

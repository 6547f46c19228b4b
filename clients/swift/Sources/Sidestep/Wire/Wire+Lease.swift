// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Keeps a lease, and moves it to this connection after a lost one.
    ///
    /// - Parameters:
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - ttl: how long a lease of kind ttl lives from now.
    @discardableResult
    public func leaseRenew(
        run: String? = nil,
        lease: String? = nil,
        ttl: Duration? = nil
    ) async throws -> LeaseRenewResult {
        try LeaseRenewResult(try await call("lease.renew", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("ttl_ms", ttl)
        })
    }

    /// What `lease.renew` answers.
    public struct LeaseRenewResult: WireReadable {
        /// The id of the run.
        public var run: String
        /// The number of the lease.
        public var epoch: Int
        /// When a lease of kind ttl ends.
        public var expiresAt: Date?

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            epoch = try reader.must("epoch")
            expiresAt = try reader.may("expires_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("LeaseRenewResult", wire))
        }
    }

    /// Tells who executes a run.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    @discardableResult
    public func leaseGet(
        run: String
    ) async throws -> LeaseGetResult {
        try LeaseGetResult(try await call("lease.get", mayResend: true) { writer in
            writer.wire("run", run)
        })
    }

    /// What `lease.get` answers.
    public struct LeaseGetResult: WireReadable {
        /// Who executes it.
        public var owner: Wire.OwnerObject?
        /// The number of the last lease.
        public var epoch: Int
        /// When a lease of kind ttl ends.
        public var expiresAt: Date?
        /// What keeps the lease alive.
        public var kind: String?

        init(_ reader: WireReader) throws {
            owner = try reader.may("owner")
            epoch = try reader.must("epoch")
            expiresAt = try reader.may("expires_at")
            kind = try reader.may("kind")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("LeaseGetResult", wire))
        }
    }
}

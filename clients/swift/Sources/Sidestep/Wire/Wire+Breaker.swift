// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Says when a circuit breaker opens, and for how long.
    ///
    /// - Parameters:
    ///   - breaker: the name of the breaker.
    ///   - failures: failures in a row that open it. Default: 5.
    ///   - cooldown: how long it stays open. Default: 60000.
    @discardableResult
    public func breakerPut(
        breaker: String,
        failures: Int? = nil,
        cooldown: Duration? = nil
    ) async throws -> BreakerPutResult {
        try BreakerPutResult(try await call("breaker.put", mayResend: false) { writer in
            writer.wire("breaker", breaker)
            writer.wire("failures", failures)
            writer.wire("cooldown_ms", cooldown)
        })
    }

    /// What `breaker.put` answers.
    public struct BreakerPutResult: WireReadable {
        /// The breaker as it is now.
        public var breaker: Wire.BreakerObject

        init(_ reader: WireReader) throws {
            breaker = try reader.must("breaker")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("BreakerPutResult", wire))
        }
    }

    /// Lists the circuit breakers that steps of the caller may name.
    @discardableResult
    public func breakerList(
    ) async throws -> BreakerListResult {
        try BreakerListResult(try await call("breaker.list", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `breaker.list` answers.
    public struct BreakerListResult: WireReadable {
        /// The breakers.
        public var breakers: [Wire.BreakerObject]

        init(_ reader: WireReader) throws {
            breakers = try reader.must("breakers")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("BreakerListResult", wire))
        }
    }

    /// Closes a circuit breaker.
    ///
    /// - Parameters:
    ///   - breaker: the name of the breaker.
    @discardableResult
    public func breakerReset(
        breaker: String
    ) async throws -> BreakerResetResult {
        try BreakerResetResult(try await call("breaker.reset", mayResend: false) { writer in
            writer.wire("breaker", breaker)
        })
    }

    /// What `breaker.reset` answers.
    public struct BreakerResetResult: WireReadable {
        /// The breaker as it is now.
        public var breaker: Wire.BreakerObject

        init(_ reader: WireReader) throws {
            breaker = try reader.must("breaker")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("BreakerResetResult", wire))
        }
    }
}

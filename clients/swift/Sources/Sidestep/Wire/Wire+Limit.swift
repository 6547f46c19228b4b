// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Says how many steps that name a limit may run at once, and begin in a span of time.
    ///
    /// - Parameters:
    ///   - limit: the name of the limit.
    ///   - concurrency: steps at once.
    ///   - rate: steps begun in a span of time.
    @discardableResult
    public func limitPut(
        limit: String,
        concurrency: Int? = nil,
        rate: Wire.RateObject? = nil
    ) async throws -> LimitPutResult {
        try LimitPutResult(try await call("limit.put", mayResend: false) { writer in
            writer.wire("limit", limit)
            writer.wire("concurrency", concurrency)
            writer.wire("rate", rate)
        })
    }

    /// What `limit.put` answers.
    public struct LimitPutResult: WireReadable {
        /// The limit as it is now.
        public var limit: Wire.LimitObject

        init(_ reader: WireReader) throws {
            limit = try reader.must("limit")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("LimitPutResult", wire))
        }
    }

    /// Lists the limits that steps of the caller may name.
    @discardableResult
    public func limitList(
    ) async throws -> LimitListResult {
        try LimitListResult(try await call("limit.list", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `limit.list` answers.
    public struct LimitListResult: WireReadable {
        /// The limits.
        public var limits: [Wire.LimitObject]

        init(_ reader: WireReader) throws {
            limits = try reader.must("limits")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("LimitListResult", wire))
        }
    }

    /// Removes a limit.
    ///
    /// - Parameters:
    ///   - limit: the name of the limit.
    @discardableResult
    public func limitDelete(
        limit: String
    ) async throws -> LimitDeleteResult {
        try LimitDeleteResult(try await call("limit.delete", mayResend: false) { writer in
            writer.wire("limit", limit)
        })
    }

    /// What `limit.delete` answers.
    public struct LimitDeleteResult: WireReadable {
        /// Whether there was one.
        public var deleted: Bool

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("LimitDeleteResult", wire))
        }
    }
}

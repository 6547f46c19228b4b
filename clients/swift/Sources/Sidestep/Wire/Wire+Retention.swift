// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Sets how long closed runs are kept; the most exact rule that fits a run decides.
    ///
    /// - Parameters:
    ///   - workflow: the workflow that the rule is for. Default: all.
    ///   - status: the way to end that the rule is for. Default: all.
    ///   - keep: how long they are kept after their end.
    ///   - forever: whether they are never removed by themselves. Default: false.
    @discardableResult
    public func retentionPut(
        workflow: String? = nil,
        status: String? = nil,
        keep: Duration? = nil,
        forever: Bool? = nil
    ) async throws -> RetentionPutResult {
        try RetentionPutResult(try await call("retention.put", mayResend: false) { writer in
            writer.wire("workflow", workflow)
            writer.wire("status", status)
            writer.wire("keep_ms", keep)
            writer.wire("forever", forever)
        })
    }

    /// What `retention.put` answers.
    public struct RetentionPutResult: WireReadable {
        /// The rules.
        public var rules: [Wire.RetentionRuleObject]
        /// What holds without a rule; absent: for ever.
        public var defaultKeep: Duration?

        init(_ reader: WireReader) throws {
            rules = try reader.must("rules")
            defaultKeep = try reader.may("default_keep_ms")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RetentionPutResult", wire))
        }
    }

    /// Tells how long closed runs are kept.
    @discardableResult
    public func retentionList(
    ) async throws -> RetentionListResult {
        try RetentionListResult(try await call("retention.list", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `retention.list` answers.
    public struct RetentionListResult: WireReadable {
        /// The rules.
        public var rules: [Wire.RetentionRuleObject]
        /// What holds without a rule; absent: for ever.
        public var defaultKeep: Duration?

        init(_ reader: WireReader) throws {
            rules = try reader.must("rules")
            defaultKeep = try reader.may("default_keep_ms")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RetentionListResult", wire))
        }
    }
}

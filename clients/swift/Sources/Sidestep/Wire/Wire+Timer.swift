// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Lists what time will wake, soonest first.
    ///
    /// - Parameters:
    ///   - run: only timers of this run.
    ///   - limit: timers on a page. Default: 100.
    @discardableResult
    public func timerList(
        run: String? = nil,
        limit: Int? = nil
    ) async throws -> TimerListResult {
        try TimerListResult(try await call("timer.list", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("limit", limit)
        })
    }

    /// What `timer.list` answers.
    public struct TimerListResult: WireReadable {
        /// The timers.
        public var timers: [RawJSON]

        init(_ reader: WireReader) throws {
            timers = try reader.must("timers")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("TimerListResult", wire))
        }
    }
}

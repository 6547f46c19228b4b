// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Sets a value of the run's state, or deletes it.
    ///
    /// - Parameters:
    ///   - name: the name of the value.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - value: the value; without one the name is deleted.
    @discardableResult
    public func stateSet(
        name: String,
        run: String? = nil,
        lease: String? = nil,
        value: RawJSON? = nil
    ) async throws -> StateSetResult {
        try StateSetResult(try await call("state.set", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("name", name)
            writer.wire("value", value)
        })
    }

    /// What `state.set` answers.
    public struct StateSetResult: WireReadable {

        init(_ reader: WireReader) throws {
            _ = reader
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StateSetResult", wire))
        }
    }

    /// Returns a value of the run's state.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - name: the name of the value.
    @discardableResult
    public func stateGet(
        run: String,
        name: String
    ) async throws -> StateGetResult {
        try StateGetResult(try await call("state.get", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("name", name)
        })
    }

    /// What `state.get` answers.
    public struct StateGetResult: WireReadable {
        /// The value.
        public var value: RawJSON?
        /// False when there is none.
        public var found: Bool?

        init(_ reader: WireReader) throws {
            value = try reader.may("value")
            found = try reader.may("found")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StateGetResult", wire))
        }
    }

    /// Returns a value of the run's state as soon as there is one that the caller does not know.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - name: the name of the value.
    ///   - unlike: the value that the caller knows; another one is waited for.
    ///   - wait: the longest time to wait for it. Default: 0.
    @discardableResult
    public func stateWait(
        run: String,
        name: String,
        unlike: RawJSON? = nil,
        wait: Duration? = nil
    ) async throws -> StateWaitResult {
        try StateWaitResult(try await call("state.wait", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("name", name)
            writer.wire("unlike", unlike)
            writer.wire("wait_ms", wait)
        })
    }

    /// What `state.wait` answers.
    public struct StateWaitResult: WireReadable {
        /// The value.
        public var value: RawJSON?
        /// Whether there is such a value.
        public var found: Bool
        /// Whether the run has ended, and sets no other.
        public var closed: Bool

        init(_ reader: WireReader) throws {
            value = try reader.may("value")
            found = try reader.must("found")
            closed = try reader.must("closed")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StateWaitResult", wire))
        }
    }

    /// Returns all values of the run's state.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    @discardableResult
    public func stateList(
        run: String
    ) async throws -> StateListResult {
        try StateListResult(try await call("state.list", mayResend: true) { writer in
            writer.wire("run", run)
        })
    }

    /// What `state.list` answers.
    public struct StateListResult: WireReadable {
        /// The values by their names.
        public var state: RawJSON

        init(_ reader: WireReader) throws {
            state = try reader.must("state")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StateListResult", wire))
        }
    }
}

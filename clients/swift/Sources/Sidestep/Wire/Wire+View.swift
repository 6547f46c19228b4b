// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Saves a filter of runs under a name, or changes the one of that name.
    ///
    /// - Parameters:
    ///   - view: the name of the view.
    ///   - filter: what `run.list` is to find runs by; without members all runs.
    @discardableResult
    public func viewPut(
        view: String,
        filter: Wire.RunFilterObject
    ) async throws -> ViewPutResult {
        try ViewPutResult(try await call("view.put", mayResend: false) { writer in
            writer.wire("view", view)
            writer.wire("filter", filter)
        })
    }

    /// What `view.put` answers.
    public struct ViewPutResult: WireReadable {
        /// The view as it is now.
        public var view: Wire.ViewObject

        init(_ reader: WireReader) throws {
            view = try reader.must("view")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ViewPutResult", wire))
        }
    }

    /// Lists your saved views by their names.
    @discardableResult
    public func viewList(
    ) async throws -> ViewListResult {
        try ViewListResult(try await call("view.list", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `view.list` answers.
    public struct ViewListResult: WireReadable {
        /// The views.
        public var views: [Wire.ViewObject]

        init(_ reader: WireReader) throws {
            views = try reader.must("views")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ViewListResult", wire))
        }
    }

    /// Removes a saved view; runs stay as they are.
    ///
    /// - Parameters:
    ///   - view: the name of the view.
    @discardableResult
    public func viewDelete(
        view: String
    ) async throws -> ViewDeleteResult {
        try ViewDeleteResult(try await call("view.delete", mayResend: false) { writer in
            writer.wire("view", view)
        })
    }

    /// What `view.delete` answers.
    public struct ViewDeleteResult: WireReadable {
        /// Whether there was one.
        public var deleted: Bool

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ViewDeleteResult", wire))
        }
    }
}

// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Takes in the lines of an export; the run is seen when its last line has come.
    ///
    /// - Parameters:
    ///   - lines: lines of the export in their order.
    ///   - `import`: what the call before answered, to go on.
    ///   - run: the id that the run gets here. Default: its own.
    ///   - user: whose it is to be; an administrator's alone. Default: the caller.
    @discardableResult
    public func runImport(
        lines: [RawJSON],
        `import`: String? = nil,
        run: String? = nil,
        user: Int? = nil
    ) async throws -> RunImportResult {
        try RunImportResult(try await call("run.import", mayResend: false) { writer in
            writer.wire("lines", lines)
            writer.wire("import", `import`)
            writer.wire("run", run)
            writer.wire("user", user)
        })
    }

    /// What `run.import` answers.
    public struct RunImportResult: WireReadable {
        /// The run, once it is whole.
        public var run: Wire.RunObject?
        /// Whether the run is whole; false: send more lines.
        public var done: Bool
        /// Whether it was taken in; false when it was here already.
        public var imported: Bool
        /// What to pass with the next lines.
        public var `import`: String?

        init(_ reader: WireReader) throws {
            run = try reader.may("run")
            done = try reader.must("done")
            imported = try reader.must("imported")
            `import` = try reader.may("import")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunImportResult", wire))
        }
    }
}

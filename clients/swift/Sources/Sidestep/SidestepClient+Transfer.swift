import SidestepProtocol

extension SidestepClient {
    /// A run with all its records as lines of JSON, page by page.
    ///
    /// - Parameter body: called with the lines of each page, in their order; write each with a newline.
    nonisolated(nonsending) public func export(
        _ run: String, _ body: ([RawJSON]) async throws -> Void
    ) async throws {
        var cursor: RawJSON?
        repeat {
            let page = try await call("run.export") { writer in
                writer.member("run", run)
                writer.member("cursor", cursor)
            }
            try await body(page["lines"]?.elements ?? [])
            cursor = page.present("more")
        } while cursor != nil
    }

    /// Takes in a run that `export` wrote; it is seen when it is whole.
    ///
    /// - Parameter id: the id that the run gets here; nil keeps its own.
    /// - Returns: whether the run was taken in; false when it was here already.
    /// - Throws: `SidestepError`; `runConflict` when another run has the id, `unsupported` for a newer format.
    @discardableResult
    public func importRun(_ lines: [RawJSON], as id: String? = nil) async throws -> Bool {
        var rest = lines[...]
        var continuation: RawJSON?
        while true {
            let part = rest.prefix(500)
            rest = rest.dropFirst(part.count)
            let answer = try await call("run.import", mayResend: false) { writer in
                writer.array("lines") { writer in part.forEach { writer.raw($0) } }
                writer.member("import", continuation)
                writer.member("run", id)
            }
            if answer["done"]?.bool == true { return answer["imported"]?.bool == true }
            continuation = answer.present("import")
            guard !rest.isEmpty else {
                throw SidestepError(
                    .invalidArgument, "the export ends in the middle; nothing was imported",
                    hint: "export the run again: its last line has the kind `end`")
            }
        }
    }

    /// Writes a copy of the daemon's database while it goes on; the daemon writes the file, as its own user.
    ///
    /// - Parameter path: begins with a slash.
    public func backUp(to path: String, overwriting: Bool = false) async throws {
        try await call("system.backup", mayResend: false) { writer in
            writer.member("path", path)
            if overwriting { writer.member("overwrite", true) }
        }
    }
}

// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Attaches a document to the run: a new version, unless the newest one is the same.
    ///
    /// - Parameters:
    ///   - artifact: the name of the artifact.
    ///   - type: what it is.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - content: its text (markdown, link: a string) or value (json).
    ///   - path: where a file is on this host; it is not copied.
    ///   - description: what it is about.
    @discardableResult
    public func artifactPut(
        artifact: String,
        type: String,
        run: String? = nil,
        lease: String? = nil,
        content: RawJSON? = nil,
        path: String? = nil,
        description: String? = nil
    ) async throws -> ArtifactPutResult {
        try ArtifactPutResult(try await call("artifact.put", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("artifact", artifact)
            writer.wire("type", type)
            writer.wire("content", content)
            writer.wire("path", path)
            writer.wire("description", description)
        })
    }

    /// What `artifact.put` answers.
    public struct ArtifactPutResult: WireReadable {
        /// The name of the artifact.
        public var artifact: String
        /// Its version, from 1.
        public var version: Int

        init(_ reader: WireReader) throws {
            artifact = try reader.must("artifact")
            version = try reader.must("version")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ArtifactPutResult", wire))
        }
    }

    /// Returns an artifact: of a run, or the newest of that name in all runs.
    ///
    /// - Parameters:
    ///   - artifact: the name of the artifact.
    ///   - run: the run.
    ///   - version: which version of the run's. Default: the newest.
    @discardableResult
    public func artifactGet(
        artifact: String,
        run: String? = nil,
        version: Int? = nil
    ) async throws -> ArtifactGetResult {
        try ArtifactGetResult(try await call("artifact.get", mayResend: true) { writer in
            writer.wire("artifact", artifact)
            writer.wire("run", run)
            writer.wire("version", version)
        })
    }

    /// What `artifact.get` answers.
    public struct ArtifactGetResult: WireReadable {
        /// Its name.
        public var artifact: String
        /// The run it is attached to.
        public var run: String
        /// From 1, per run and name.
        public var version: Int
        /// What it is.
        public var type: String
        /// Its text or value.
        public var content: RawJSON?
        /// Where a file is on this host.
        public var path: String?
        /// What it is about.
        public var description: String?
        /// When it was attached.
        public var createdAt: Date

        init(_ reader: WireReader) throws {
            artifact = try reader.must("artifact")
            run = try reader.must("run")
            version = try reader.must("version")
            type = try reader.must("type")
            content = try reader.may("content")
            path = try reader.may("path")
            description = try reader.may("description")
            createdAt = try reader.must("created_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ArtifactGetResult", wire))
        }
    }

    /// Lists versions of artifacts, the newest first, without their content.
    ///
    /// - Parameters:
    ///   - run: only of this run.
    ///   - artifact: only of this name.
    ///   - limit: versions on a page. Default: 100.
    ///   - cursor: `more` of the page before.
    @discardableResult
    public func artifactList(
        run: String? = nil,
        artifact: String? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) async throws -> ArtifactListResult {
        try ArtifactListResult(try await call("artifact.list", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("artifact", artifact)
            writer.wire("limit", limit)
            writer.wire("cursor", cursor)
        })
    }

    /// What `artifact.list` answers.
    public struct ArtifactListResult: WireReadable {
        /// The artifacts.
        public var artifacts: [Wire.ArtifactObject]
        /// The cursor of the next page.
        public var more: String?

        init(_ reader: WireReader) throws {
            artifacts = try reader.must("artifacts")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ArtifactListResult", wire))
        }
    }
}

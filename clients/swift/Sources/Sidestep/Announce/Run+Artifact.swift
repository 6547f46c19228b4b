import FoundationEssentials
import SidestepProtocol

/// A document to attach to a run.
public enum ArtifactContent: Sendable {
    /// Text with markup.
    case markdown(String)
    /// A URL.
    case link(String)
    /// A file on this host; it is not copied.
    case file(path: String)
    /// Any value.
    case json(any Encodable & Sendable)

    func write(to writer: inout JSONWriter, _ payloads: Payloads) throws {
        switch self {
        case .markdown(let text):
            writer.member("type", "markdown")
            writer.member("content", text)
        case .link(let url):
            writer.member("type", "link")
            writer.member("content", url)
        case .file(let path):
            writer.member("type", "file")
            writer.member("path", path)
        case .json(let value):
            let payload = try payloads.encode(value)
            writer.member("type", "json")
            writer.member("content", payload)
        }
    }
}

/// One version of a document attached to a run.
public struct Artifact: Sendable {
    /// Its name within the run.
    public let name: String
    /// The run it is attached to.
    public let run: String
    /// From 1, per run and name.
    public let version: Int
    /// `markdown`, `json`, `link` or `file`.
    public let type: String
    /// Its text or value; nil in lists, and for a file.
    public let content: RawJSON?
    /// Where a file is, on the host of the daemon.
    public let path: String?
    /// What its author says about it.
    public let description: String?
    /// When it was attached.
    public let created: Date

    init(_ json: RawJSON) {
        name = json["artifact"]?.string ?? ""
        run = json["run"]?.string ?? ""
        version = json["version"]?.int ?? 0
        type = json["type"]?.string ?? ""
        content = json["content"]
        path = json["path"]?.string
        description = json["description"]?.string
        created = json["created_at"]?.date ?? .distantPast
    }
}

extension Run {
    /// Attaches a document to the run: a new version, unless the newest one is the same.
    ///
    /// - Returns: the version, from 1.
    @discardableResult
    public func put(
        artifact name: String, _ content: ArtifactContent, description: String? = nil
    ) async throws -> Int {
        var failure: (any Error)?
        let members = RawJSON.object { writer in
            writer.member("artifact", name)
            do { try content.write(to: &writer, client.payloads) } catch { failure = error }
            writer.member("description", description)
        }
        if let failure { throw failure }
        let result = try await call("artifact.put") { writer in
            for member in members.members { writer.member(member.key, member.value) }
        }
        return result["version"]?.int ?? 0
    }
}

extension SidestepClient {
    /// An artifact: of a run, or the newest of that name in all runs.
    public func artifact(_ name: String, run: String? = nil, version: Int? = nil) async throws -> Artifact {
        Artifact(
            try await call("artifact.get") { writer in
                writer.member("artifact", name)
                writer.member("run", run)
                writer.member("version", version)
            })
    }

    /// Versions of artifacts, the newest first, without their content.
    public func artifacts(run: String? = nil, name: String? = nil, limit: Int = 100) async throws
        -> [Artifact]
    {
        let result = try await call("artifact.list") { writer in
            writer.member("run", run)
            writer.member("artifact", name)
            writer.member("limit", limit)
        }
        return (result["artifacts"]?.elements ?? []).map(Artifact.init)
    }
}

import SidestepModel
import SidestepProtocol
import SidestepStore

/// Attaches a document to a run: a new version, unless the newest one is the same.
public struct PutArtifact: Command {
    /// Proof of the lease; not enough once the run is asked to end.
    public let proof: LeaseProof
    /// The document's name, unique in the run: its versions have it in common.
    public let artifact: String
    /// What kind of document it is, and so whether its text, its value or its path is given.
    public let type: ArtifactType
    /// A string for `markdown` and `link`, any value for `json`; nil for a `file`.
    public var content: Payload?
    /// Where a `file` is on the host; it is not copied, and not looked at.
    public var path: String?
    /// A sentence for people; nil when there is none. Another one makes another version.
    public var description: String?

    /// A call of `artifact.put`; `content`, `path` and `description` are set after it.
    public init(proof: LeaseProof, artifact: String, type: ArtifactType) {
        self.proof = proof
        self.artifact = artifact
        self.type = type
    }

    /// Answers with the version, from 1 per run and name; `invalid_argument` for what does not fit the type.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int64 {
        try Self.check(type, content: content, path: path)
        let run = try store.heldRun(proof, &call)
        let newest = try store.artifact(run: run.key, name: artifact, version: nil)
        // The reply was lost and the call sent again, or a step is repeated: the same document is no new
        // version.
        if let newest, isSame(as: newest) { return newest.version }
        var new = ArtifactRecord(
            run: run.key, name: artifact, version: (newest?.version ?? 0) + 1, type: type, created: call.now)
        new.content = content
        new.path = path
        new.description = description
        try store.insertArtifact(new, epoch: run.epoch)
        try store.append(
            run: run.key, at: call.now, kind: .artifactSaved,
            detail: detail { writer in
                writer.member("artifact", artifact)
                writer.member("version", new.version)
                writer.member("type", type.rawValue)
            })
        return new.version
    }

    private func isSame(as known: ArtifactRecord) -> Bool {
        known.type == type && known.path == path && known.description == description
            && SidestepEngine.isSame(known.content, content)
    }

    /// Throws what is wrong with a document of this type.
    static func check(_ type: ArtifactType, content: Payload?, path: String?) throws {
        let isText = content.map { RawJSON(validated: $0).kind == .string } ?? false
        switch type {
        case .markdown, .link:
            if !isText {
                throw wrong("a \(type.rawValue) has its text in `content`", "Send `content` as a string.")
            }
        case .json:
            if content == nil { throw wrong("a json artifact has its value in `content`", "Send `content`.") }
        case .file:
            if path == nil {
                throw wrong("a file is named by `path`", "Send its absolute path; the file stays there.")
            }
        }
    }

    private static func wrong(_ message: String, _ hint: String) -> Failure {
        Failure(.invalidArgument, message, hint: hint)
    }
}

/// An artifact with the id of its run.
public struct ArtifactView: Sendable {
    /// The record; a list has it without its content.
    public var artifact: ArtifactRecord
    /// The id of the run it is attached to.
    public var run: String
}

/// One version of an artifact: of a run, or the newest of that name in all runs.
public struct GetArtifact: Query {
    /// The id of a run that the caller may see; nil takes the run that has the newest artifact of that name.
    public let run: String?
    /// The artifact's name.
    public let artifact: String
    /// Which version, counted from 1; nil is the newest. Only with a `run`.
    public let version: Int64?

    /// A call of `artifact.get`.
    public init(run: String?, artifact: String, version: Int64?) {
        self.run = run
        self.artifact = artifact
        self.version = version
    }

    /// Answers with the document and its content; `invalid_argument` when there is none.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> ArtifactView {
        let owner: RunRecord?
        if let run {
            owner = try store.visibleRun(run, call)
        } else {
            if version != nil {
                throw Failure(
                    .invalidArgument, "versions are counted in each run",
                    hint: "Name the `run` of the version.")
            }
            var filter = ArtifactFilter(user: call.visibleUser)
            filter.name = artifact
            filter.limit = 1
            owner = try store.artifacts(filter).items.first.flatMap { try store.run(key: $0.run) }
        }
        guard let owner, let found = try store.artifact(run: owner.key, name: artifact, version: version)
        else {
            throw Failure(
                .invalidArgument,
                "there is no artifact '\(artifact)'\(version.map { " of version \($0)" } ?? "")",
                run: run, hint: "`artifact.list` shows what there is.")
        }
        return ArtifactView(artifact: found, run: owner.id)
    }
}

/// Versions of artifacts, newest first, without their content.
public struct ListArtifacts: Query {
    /// The id of a run that the caller may see; nil lists the artifacts of all that he may see.
    public let run: String?
    /// Only versions of artifacts of this name; nil lists all.
    public let artifact: String?
    /// The key of the last one of the page before; nil begins at the newest.
    public let before: Int64?
    /// Versions of one page at most.
    public let limit: Int

    /// A call of `artifact.list`.
    public init(run: String?, artifact: String?, before: Int64?, limit: Int) {
        self.run = run
        self.artifact = artifact
        self.before = before
        self.limit = limit
    }

    /// Answers with a page; `run_not_found` when the caller does not see the run.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<ArtifactView> {
        var filter = ArtifactFilter(user: call.visibleUser)
        filter.run = try run.map { try store.visibleRun($0, call).key }
        filter.name = artifact
        filter.before = before
        filter.limit = limit
        let page = try store.artifacts(filter)
        return Page(
            items: try page.items.map {
                ArtifactView(artifact: $0, run: try store.run(key: $0.run)?.id ?? "")
            },
            hasMore: page.hasMore)
    }
}

import SidestepModel

/// Who may call a method.
public enum Access: String, Sendable, CaseIterable {
    /// Every peer that can open the socket.
    case open
    /// Every peer that may see the run; to others the run does not exist.
    case visible
    /// The holder of the run's lease.
    case lease
}

/// A group of methods about one thing.
public enum Family: String, Sendable, CaseIterable {
    case session, run, view, step, lease, checkpoint, state, signal, promise, wait, timer, queue, worker
    case limit, breaker, budget
    case schedule, stream, artifact, event, webhook
    case retention
    case conversation, graph, memory
    case recording
    case system
}

/// A call and its answer, as JSON text.
public struct Example: Sendable {
    /// The parameters.
    public let params: String
    /// The result.
    public let result: String

    /// An example: the parameters and the result, as JSON.
    public init(_ params: String, _ result: String) {
        self.params = params
        self.result = result
    }
}

/// All there is to know about one method: dispatch, authority, checks, documentation and clients follow from
/// it. There is one of each, made with the table: passed on, it is not copied.
public final class Method: Sendable {
    /// The name on the wire.
    public let name: String
    /// The group it belongs to.
    public let family: Family
    /// What it does, as one sentence.
    public let summary: String
    /// Who may call it.
    public let access: Access
    /// Its parameters; those of every lease method come first.
    public let parameters: [Parameter]
    /// The members of its result.
    public let result: [Parameter]
    /// The errors it may answer with, besides those of every method.
    public let errors: [ErrorKind]
    /// The version of the daemon that first had it.
    public let since: String
    /// A call that the documentation shows.
    public let example: Example
    /// Whether the reply comes after a commit is on disk.
    public let waitsForCommit: Bool
    /// Whether the reply may come much later, when something has happened.
    public let mayWait: Bool
    /// Whether a second copy of the same call changes nothing, although no lease says whose it is.
    public let isRepeatable: Bool
    /// What it does to the space on the disk: on a full one, what grows gives way.
    public let space: SpaceUse

    init(
        _ name: String, _ family: Family, _ access: Access, _ summary: String, parameters: [Parameter] = [],
        result: [Parameter] = [], errors: [ErrorKind] = [], since: String = "0.1", example: Example,
        waitsForCommit: Bool = false, mayWait: Bool = false, isRepeatable: Bool = false,
        space: SpaceUse = .grows
    ) {
        self.name = name
        self.family = family
        self.summary = summary
        self.access = access
        self.parameters = (access == .lease ? Method.leased : []) + parameters
        self.result = result
        let limited: [ErrorKind] = parameters.contains { $0.type.hasLimit } ? [.limitExceeded] : []
        self.errors =
            errors + limited.filter { !errors.contains($0) } + Method.impliedErrors(access, waitsForCommit)
        self.since = since
        self.example = example
        self.waitsForCommit = waitsForCommit
        self.mayWait = mayWait
        self.isRepeatable = isRepeatable
        self.space = space
    }

    /// What every method that acts for a run takes; `Place.run` and `Place.lease` say where.
    private static let leased: [Parameter] = [
        .may("run", .name, "the run", default: "the one of the lease"),
        .may("lease", .opaque, "the lease", default: "the one that this connection was granted"),
    ]

    private static func impliedErrors(_ access: Access, _ waitsForCommit: Bool) -> [ErrorKind] {
        let authority: [ErrorKind] =
            access == .lease
            ? [.runNotFound, .leaseRequired, .leaseLost, .runPaused, .runClosed, .runCancelled] : []
        let disk: [ErrorKind] = waitsForCommit ? [.storageFull, .storageError] : []
        return authority + disk + [.overloaded, .shuttingDown]
    }
}

extension Method {
    /// Checks a result against the contract; tests hold real replies against it.
    ///
    /// - Throws: `RPCError` with a sentence that names the member.
    public func checkResult(_ result: RawJSON, limits: Limits = Limits()) throws(RPCError) {
        guard result.kind == .object else { throw .invalidParams("The result of `\(name)` is no object.") }
        _ = try ParamsCheck(owner: "result of \(name)", limits: limits).values(of: result, self.result)
    }
}

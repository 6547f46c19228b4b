import SidestepProtocol
import Synchronization

/// One durable execution of a workflow, held by this process.
///
/// Everything recorded goes through it. When the lease is lost, the run is cancelled or was let go to wait, the object
/// keeps that error and every later call throws it again, so that no `catch` and no `try?` in between can swallow it.
public final class Run: Sendable {
    /// The run's id.
    public let id: String
    /// Names this generation of the run: a rerun under the same id gets another one.
    public let uid: String
    /// The name of the code that executes it, when one was given.
    public let workflow: String?
    /// The exclusive right to the run, to be handed to child processes; nil when the run has ended.
    public let lease: String?
    /// Grows with every owner of the run.
    public let epoch: Int
    /// Whether this call created the run.
    public let wasCreated: Bool
    /// The checkpoint to go on from: the newest one, or the one a resume token named.
    public let checkpoint: SavedCheckpoint?
    /// The run's own span, for what is below it: the header `traceparent`. Nil when the daemon tells nobody of traces.
    public let traceparent: String?
    /// How the run ended; nil while it is open.
    public let outcome: Outcome?

    let client: SidestepClient
    let givenInput: RawJSON?
    /// What spans of its workflow are below: the run's own span, else what observers kept with the run, if somebody
    /// else made it.
    let headers: [String: String]
    /// A wait that lasts longer lets go of the run; nil waits in this process.
    let suspendAfter: Duration?
    /// What a call gets that fits no record while one with other arguments is left.
    let onMismatch: ResumeOptions.OnMismatch
    /// The task that executes the workflow.
    let task = TaskIdentity.current
    /// What undoes the steps of the execution that is under way; it belongs to that, as it may hold the run.
    let undoing = Mutex(WeakCompensations())
    let journal: Mutex<Journal>
    let presence = PresenceKeeper()
    private let part = Mutex(Part())

    /// This process's part in the run.
    private struct Part {
        /// What ended it.
        var endedBy: (any Error)?
        /// Whether the daemon knows that.
        var isLetGo = false
    }

    init(
        _ result: RawJSON, input: RawJSON?, client: SidestepClient, suspendAfter: Duration? = nil,
        onMismatch: ResumeOptions.OnMismatch = .error
    ) async throws {
        guard let run = result["run"], let id = run["id"]?.string, let uid = run["uid"]?.string else {
            throw SidestepError(.unexpectedReply, "the daemon's answer to resume names no run")
        }
        self.id = id
        self.uid = uid
        self.client = client
        self.suspendAfter = suspendAfter
        self.onMismatch = onMismatch
        workflow = run["workflow"]?.string
        lease = result["lease"]?.string
        epoch = result["epoch"]?.int ?? 0
        wasCreated = result["created"]?.bool ?? false
        checkpoint = result.present("checkpoint").flatMap { SavedCheckpoint($0, client.payloads) }
        outcome = lease == nil ? Outcome(status: run["status"]?.string ?? "", result) : nil
        givenInput = input
        traceparent = result["traceparent"]?.string
        headers =
            traceparent.map { ["traceparent": $0] }
            ?? (wasCreated ? [:] : client.configuration.headers(in: run["metadata"]))
        do {
            journal = Mutex(try await Self.loadJournal(result, run: id, client: client))
        } catch {
            // Nobody will have this run: it is not to stay owned.
            if let back = GivenUp.release(result) { client.connection.tell(back.method, back.params) }
            throw error
        }
        if let lease { client.connection.hold(.init(run: id, lease: lease) { [weak self] in self?.end($0) }) }
    }

    /// A run that nobody in this process has any more goes back to the daemon.
    deinit {
        client.connection.drop(lease: lease)
        guard !part.withLock({ $0.isLetGo }), let lease else { return }
        client.connection.tell("run.release", .object { $0.member("lease", lease) })
    }

    /// All results recorded so far: the first page came with `resume`.
    private static func loadJournal(_ result: RawJSON, run: String, client: SidestepClient) async throws
        -> Journal
    {
        var journal = Journal()
        var page = result
        while true {
            journal.add(page["steps"]?.elements ?? [])
            guard let cursor = page.present("more") else { return journal }
            page = try await client.call("step.list") { writer in
                writer.member("run", run)
                writer.member("cursor", cursor)
            }
        }
    }

    // MARK: - Calls that act for the run

    /// What ended this process's part in the run, if something did: a `SidestepError`, or `RunSuspended`.
    var ended: (any Error)? { part.withLock { $0.endedBy } }

    /// Whether the run is to end, and may be cleaned up before.
    var isAskedToEnd: Bool { (ended as? SidestepError)?.asksToEnd ?? false }

    /// Keeps the error; the first one stays.
    func end(_ error: any Error) {
        // Whoever was only asked to end keeps its lease, to undo what it did.
        let keepsLease = (error as? SidestepError)?.asksToEnd == true
        part.withLock { part in
            part.endedBy = part.endedBy ?? error
            part.isLetGo = part.isLetGo || !keepsLease
        }
        if !keepsLease { client.connection.drop(lease: lease) }
    }

    /// Throws when nothing can be written for the run any more.
    ///
    /// - Parameter purpose: what undoes something, or lets go, is possible after a request to end.
    func checkOpen(for purpose: Purpose = .work) throws {
        if let ended, purpose == .work || !isAskedToEnd { throw ended }
        if lease == nil { throw isOver }
    }

    /// What is told to whoever wants more of a run that has an end, or was let go.
    private var isOver: SidestepError {
        SidestepError(
            .runClosed, "the run has ended, or was let go", run: id,
            hint: "nothing is executed for it any more: read `outcome`, or open it again with `ifClosed`")
    }

    /// This process has recorded the run's end, or let it go: nothing more happens to it here.
    func close() { end(isOver) }

    /// Calls a method that needs the lease.
    ///
    /// - Parameter isShielded: go on when the task is cancelled: what has happened is to be recorded all the
    ///   same.
    @discardableResult
    func call(
        _ method: String, for purpose: Purpose = .work, isShielded: Bool = true, endsStep: Bool = false,
        _ write: (inout JSONWriter) -> Void
    ) async throws -> RawJSON {
        try checkOpen(for: purpose)
        do {
            return try await client.connection.call(
                line(method, write), mayResend: true, isShielded: isShielded, endsStep: endsStep)
        } catch let error as SidestepError where error.endsRun {
            // What another task let go of is not lost.
            await presence.untilKnown()
            end(error)
            throw ended ?? error
        }
    }

    /// What a call is for.
    enum Purpose {
        case work
        /// To undo something, to record what was running already, or to let go.
        case ending
    }

    /// Sends a notification that needs the lease.
    func notify(_ method: String, _ write: (inout JSONWriter) -> Void) throws {
        try checkOpen()
        client.connection.notify(method, params(write))
    }

    /// Sends a call that needs the lease, and waits for nothing.
    func tell(_ method: String, _ write: (inout JSONWriter) -> Void) {
        if ended == nil, lease != nil { client.connection.tell(method, params(write)) }
    }

    /// The lease goes along always: the call may be sent again on a connection that was granted nothing.
    func params(_ write: (inout JSONWriter) -> Void) -> RawJSON {
        .object { writer in
            writer.member("lease", lease)
            write(&writer)
        }
    }

    func line(_ method: String, _ write: (inout JSONWriter) -> Void) -> Outgoing {
        Outgoing(method) { writer in
            writer.member("lease", lease)
            write(&writer)
        }
    }
}

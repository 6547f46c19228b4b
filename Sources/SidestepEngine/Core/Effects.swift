import SidestepModel
import SidestepStore

/// What a committed call changes outside the database; applied after the commit, in its order.
///
/// What is large stands apart: most effects are a topic, and all of them have the room of the largest.
public enum Effect: Sendable {
    /// A run has an owner now.
    indirect case granted(LeaseHolder)
    /// The owner presented its lease on another connection.
    case attached(run: Int64, session: Int64)
    /// The owner that was granted this epoch of the run has it no more.
    case ended(run: Int64, epoch: Int64)
    /// A process other than the owner executes a step.
    case stepHeld(run: Int64, step: String, attempt: Int64, process: ProcessIdentity)
    /// An open wait is over: who waits for it is answered with its outcome.
    indirect case woken(StepOutcome)
    /// Nobody waits any more in this step: who does is told so.
    case waitGivenUp(run: Int64, step: String)
    /// The connection does not want the answer to this request of its any more.
    case requestCancelled(ArraySlice<UInt8>)
    /// Whoever waits for this has to look again.
    case changed(Topic)
    /// There is something for one of those who wait for this; the next one gets it if the first does not take
    /// it.
    case offered(Topic)
    /// The owner's connection is told that its run was asked to end.
    indirect case cancelled(run: String, session: Int64, Cancellation)
    /// The process of a run that was asked to end is to end, too: SIGTERM, later SIGKILL.
    case kill(ProcessIdentity, run: String)
    /// Something is due then: a time-out or the end of a lease.
    case due(Instant)
    /// More is due already than one commit ends.
    case overdue
    /// A due time of this schedule waits for the run before it.
    case scheduleWaits(Int64)
    /// A delivery to a webhook is to be sent then.
    case deliver(Instant)
    /// The daemon is to execute a step.
    indirect case execute(Execution)
    /// It is to end what it does for a step.
    case stopExecution(Int64)
    /// An attempt of a step that it executes is due then.
    case executionDue(Instant)
    /// These are due now.
    case executionsFound([DueExecution])
    /// An operator may want to know this.
    indirect case tell(Notice)
    /// Work of the daemon's own is to be done after so many milliseconds.
    case later(Chore, Int64)
    /// Deliveries of this webhook wait no more, or again: there may be another number of free places.
    case roomChanged(webhook: Int64)
    /// An attempt of a step ended.
    case attemptEnded(AttemptEnd)
    /// As many of them wait as may.
    case roomFull(webhook: Int64)
    /// A breaker did not let a step through.
    case stepRefused(RefusedStep)
    /// What it goes through has let a step of this run through.
    case stepAdmitted(run: Int64)
    /// A test lets so many milliseconds pass.
    case timePasses(Int64)
    /// Nothing new is to start any more, or it is again.
    case draining(Bool)
    /// A journal that traces tell of has a new entry.
    case traced(run: Int64)
    /// What users store is to be counted, unless it was so many milliseconds ago.
    case countSpace(maxAge: Int64)
    /// A worker asked for runs.
    indirect case asked(WorkerRecord)
}

/// What a parked call waits for.
public enum Topic: Sendable, Hashable {
    /// A run, by its key: its status, its owner or a request to end has changed.
    case run(Int64)
    /// A step, by the key of its run and its name: it has an outcome, or is to be begun again.
    case step(Int64, String)
    /// A run of this user, queue and workflow that a worker may have.
    case ready(UserID, String, String)
    /// Room in a limit of steps.
    case limit(Int64)
    /// Room among the running runs of this user's queue.
    case place(UserID, String)
    /// A stream, by the key of its run and its name: it has new items, or is closed.
    case stream(Int64, String)
    /// A value of a run's state, by the key of its run and its name: it was set, or deleted.
    case state(Int64, String)
    /// The events of all users: there is a new one.
    case events
}

/// An owner as the coordinator watches it.
public struct LeaseHolder: Sendable, Equatable {
    /// The store's number of the run: what the coordinator's tables go by.
    public var run: Int64
    /// The run's id, for the messages to its connection (`onGranted`, `onEnded`).
    public var id: String
    /// Of the grant: the end of an older one takes nothing from this holder.
    public var epoch: Int64
    /// What the lease depends on: the connection, the process, or its time alone (`ttl`).
    public var kind: OwnerKind
    /// Whose death ends the lease, but for kind `ttl`; its pid is 0 where it lives in another pid namespace.
    public var process: ProcessIdentity
    /// The connection that was granted the run, or to which its lease of kind `connection` has moved: for that kind the
    /// connection's end begins the grace.
    public var session: Int64
}

/// Thrown by a use case that cannot answer yet: the call is rolled back, parked,
/// and performed again when a topic changes.
public struct Wait: Error, Sendable {
    /// What wakes it: any of these. None at all is a call that only time, or its turn, brings back.
    public var topics: [Topic]
    /// When to give up; the call is then performed once more with `waitExpired`.
    public var until: Instant?
    /// When to look again although nothing changed: a rate lets the next one through then.
    public var again: Instant?
    /// A process to end meanwhile (`if_owned: kill`).
    public var ending: ProcessIdentity?
    /// The step that cannot begin, if that is it.
    var step: ParkedStep?
    /// How far the call is that has done a part of its work. Nothing is waited for: it goes on from there when the
    /// others have had their turn, also when nobody waits for its answer any more.
    private(set) var progress: (any Sendable)?

    /// For the part of a long work that is done; thrown as `KeepingWrites.waits`, so that the part stands.
    static func turn(_ progress: some Sendable) -> Wait {
        var wait = Wait([], until: nil)
        wait.progress = progress
        return wait
    }

    /// A wait for one of the topics, thrown by a use case; `until` nil waits as long as the caller is there.
    public init(
        _ topics: [Topic], until: Instant?, again: Instant? = nil, ending: ProcessIdentity? = nil
    ) {
        self.topics = topics
        self.until = until
        self.again = again
        self.ending = ending
    }
}

import SidestepModel
import SidestepStore

/// What a call answers, once its writes are on disk.
public enum Answer: Sendable {
    /// The JSON text of the result.
    case done([UInt8])
    /// A result that is long to read: written by a reader after the commit.
    case reading(@Sendable (any StoreReader) throws -> [UInt8])
}

/// A call on its way: performed by the writer, perhaps parked and performed again, answered once.
///
/// Unchecked: the writer's thread and the loop have it in turns, never at the same time.
public final class Call: WriteJob, @unchecked Sendable {
    /// What a handler makes of a request: the use case, and the writing of its result as JSON. Performed on the
    /// writer's thread, again after each wait; it throws `Failure`, `Wait` or `KeepingWrites`, nothing else.
    public typealias Work = @Sendable (any StoreTransaction, inout CallContext) throws -> Answer
    /// Takes the one answer of a call, on the loop: the bytes of the result, or the refusal.
    public typealias Reply = (Swift.Result<[UInt8], Failure>) -> Void

    let environment: Environment
    let peer: Peer
    let session: Int64
    /// About how many bytes it may write: those of the line that it came in.
    public private(set) var weight: Int
    /// On a full disk a call that `grows` is refused with `storage_full` before all others.
    public let space: SpaceUse
    let work: Work
    let grantedRuns: GrantedRuns
    /// Its id as the caller wrote it; empty when nobody can name it.
    let request: ArraySlice<UInt8>
    var waitExpired = false
    /// What woke it, if it was something that only one can have.
    var offer: Offer?
    /// When it was handed to the writer, by the coordinator's `TopicClock`.
    var setOut: Int64 = 0
    /// Whether it ever waited: then its caller may have given it up meanwhile.
    var hasParked = false
    /// Whether its caller did, while it was on its way to the writer again.
    var isCancelled = false
    /// What it answers when the wait that it opened is over: nothing has to be looked up again.
    private(set) var onStep: (@Sendable (StepOutcome) -> [UInt8])?
    /// How far its long work is that stands already.
    private var progress: (any Sendable)?
    private(set) var arrived: Instant?
    private(set) var outcome: Outcome?
    private(set) var effects: [Effect] = []
    /// What it wrote to the journals, for those who watch.
    private(set) var announcements: [Announcement] = []
    private var reply: Reply?
    /// Its step, while that is among those that wait for room in a limit.
    private var parkedStep: ParkedStep?

    /// A call for `Coordinator.submit`; `session` 0 is the daemon's own work, an empty `request` cannot be given up.
    public init(
        environment: Environment, peer: Peer, session: Int64, grantedRuns: GrantedRuns = GrantedRuns(),
        request: ArraySlice<UInt8> = [], weight: Int = 0, space: SpaceUse = .grows,
        work: @escaping Work, reply: @escaping Reply
    ) {
        self.weight = weight
        self.space = space
        self.environment = environment
        self.peer = peer
        self.session = session
        self.grantedRuns = grantedRuns
        self.request = request
        self.work = work
        self.reply = reply
    }

    /// The user of its peer: at the writer users take turns.
    public var user: UserKey { peer.user }

    /// Performs the use case inside the writer's transaction, and keeps how it ended for the coordinator. It
    /// throws only to have the writes taken back, also for a call that is to wait.
    public func perform(_ transaction: any StoreTransaction) throws(Failure) {
        var context = CallContext(
            environment: environment, peer: peer, session: session, grantedRuns: grantedRuns,
            now: transaction.now, waitExpired: waitExpired, isRepeated: hasParked, arrived: arrived,
            progress: progress)
        arrived = context.arrived
        announcements = []
        // What a job before this one wrote and lost again.
        _ = transaction.takeNotes()
        let ended = end(transaction, &context)
        outcome = ended
        effects = context.findings
        if let rollback = ended.rollback { throw rollback }
        // Most calls find nothing, and what follows from them is not copied.
        effects = effects.isEmpty ? context.effects : effects + context.effects
        onStep = context.onStep ?? onStep
    }

    private func end(_ transaction: any StoreTransaction, _ context: inout CallContext) -> Outcome {
        var outcome: Outcome
        do { outcome = .answered(try work(transaction, &context)) } catch { outcome = Outcome(thrown: error) }
        guard outcome.rollback == nil else { return outcome }
        do { announcements = try transaction.announce(&context) } catch { outcome = Outcome(thrown: error) }
        return outcome
    }

    /// Answers the caller; a second answer is a mistake of ours.
    func answer(_ result: Swift.Result<[UInt8], Failure>) {
        guard let reply else { return assertionFailure("a call was answered twice") }
        self.reply = nil
        unpark()
        reply(result)
    }

    /// Lets it be seen that the step waits, until the call goes on.
    func park(_ step: ParkedStep) {
        parkedStep = step
        environment.parkedSteps.insert(step, self)
    }

    /// It goes on, or has its answer.
    func unpark() {
        guard let step = parkedStep else { return }
        parkedStep = nil
        environment.parkedSteps.remove(step, self)
    }

    /// It goes on with a long work, now that this much of it stands: not on the loop, and not in one commit with
    /// others.
    func goesOn(from place: any Sendable) {
        progress = place
        weight = max(weight, 1 << 20)
    }

    /// What it asked for besides its writes cannot be done: they stand, and it is refused.
    func refuse(_ failure: Failure) { outcome = .refused(failure, keepsWrites: true) }

    /// Whether it was answered already, for example because its connection is gone.
    var isAnswered: Bool { reply == nil }
}

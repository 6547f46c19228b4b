import SidestepModel
import SidestepStore

/// Where calls, owners and waiters meet: hands calls to the writer,
/// applies what their commits change, wakes who waits.
///
/// It holds only what a restart can rebuild. Unchecked: all state is touched on the loop;
/// batches arrive through `settled`, whose order is the order of the commits, so that a wake-up
/// can never overtake the parking it is meant for.
public final class Coordinator: @unchecked Sendable {
    let environment: Environment
    let loop: any EngineLoop
    let processes: any ProcessWatching
    private let writer: any StoreWriter
    private let readers: any StoreReaders
    private let maintenance: any StoreMaintenance
    private let settledBatches: SettledBatches

    var owners: OwnerTable
    var parked: ParkedCalls
    /// What a call on its way may have missed; nil where the store tells of batches in the order of their commits.
    var topics: TopicClock?
    /// Calls that were woken and are performed again, by their connections.
    var awake: [Int64: [ObjectIdentifier: Call]] = [:]
    /// The space that users take, as far as it was counted.
    var space = SpaceKnowledge()
    /// Timers of chores that are to come, by kind.
    var chores: [Int: any LoopTimer] = [:]
    private var isDraining = false
    /// Whether the daemon is about to end: nothing long goes on.
    var isLeaving = false
    /// Calls to be performed again, once what is settled now is.
    private var woken: [Call] = []
    private var dueTimer: (at: Instant, timer: any LoopTimer)?
    /// Told on the loop when a connection was granted a run.
    public var onGranted: ((_ session: Int64, _ run: String) -> Void)?
    /// Told on the loop when the run has no owner any more.
    public var onEnded: ((_ session: Int64, _ run: String) -> Void)?
    /// Told on the loop when a run was asked to end, with the connection of its owner.
    public var onCancelled: ((_ session: Int64, _ run: String, Cancellation) -> Void)?

    /// Told on the loop, in the order of the commits, what was written to journals while somebody watches.
    public var onAnnounced: (([Announcement]) -> Void)?
    /// Told on the loop that nothing new starts any more, or that it does again.
    public var onDraining: ((Bool) -> Void)?
    /// Told on the loop what an operator may want to know.
    public var onNotice: ((Notice) -> Void)?
    /// Takes deliveries to webhooks.
    public var courier: Courier?
    /// Tells a collector of traces what runs did; nil without one.
    public var spans: SpanCourier?
    /// Has steps executed by the daemon.
    public var executions: Executions?

    /// - Parameter settled: where the store leaves what it has committed.
    public init(
        environment: Environment, loop: any EngineLoop, processes: any ProcessWatching,
        store: any StoreDatabase, settled: SettledBatches
    ) {
        self.environment = environment
        owners = OwnerTable(counted: environment.meters.owners)
        parked = ParkedCalls(counted: environment.meters.parkedCalls)
        self.loop = loop
        self.processes = processes
        writer = store.writer
        readers = store.readers
        maintenance = store.maintenance
        settledBatches = settled
        topics = store.settlesInOrder ? nil : TopicClock()
        settled.tell { [unowned self] in loop.run { self.drain() } }
    }

    /// The daemon's number in its store: what `RecoveryState` is read for.
    public var place: Int64 { environment.place }

    // MARK: In

    /// Performs calls in their order; each is answered on the loop, after its commit.
    public func submit(_ calls: [Call]) {
        loop.assertOnLoop()
        if topics != nil { for call in calls { call.setOut = topics?.begin() ?? 0 } }
        writer.submit(calls)
    }

    /// Says whether several users are connected: then none has the writer or the readers for long.
    public func serve(severalUsers: Bool) {
        writer.serve(severalUsers: severalUsers)
        readers.serve(severalUsers: severalUsers)
    }

    /// Answers with what a snapshot has, on the loop.
    public func read<Value: Sendable>(
        _ context: CallContext, _ work: @escaping @Sendable (any StoreReader, CallContext) throws -> Value,
        reply: @escaping @Sendable (Swift.Result<Value, Failure>) -> Void
    ) {
        let loop = loop
        readers.read(for: context.peer.user) { found in
            let result = Swift.Result<Value, Failure>(catching: { () throws(Failure) in
                let store = try found.get()
                do { return try work(store, context) } catch {
                    throw error as? Failure ?? .mistake
                }
            })
            loop.run { reply(result) }
        }
    }

    /// Carries out maintenance beside everything else; tells and answers on the loop.
    public func maintain(
        _ task: MaintenanceTask, told: (@Sendable (MaintenanceProgress) -> Void)? = nil,
        reply: @escaping @Sendable (Swift.Result<MaintenanceReport, Failure>) -> Void
    ) {
        let loop = loop
        let telling = told.map { told in
            { @Sendable (progress: MaintenanceProgress) in loop.run { told(progress) } }
        }
        maintenance.perform(task, told: telling) { result in loop.run { reply(result) } }
    }

    /// Performs a call again that waited.
    func resubmit(_ call: Call) {
        if call.hasParked { awake[call.session, default: [:]][ObjectIdentifier(call)] = call }
        call.unpark()
        if isDraining { woken.append(call) } else { submit([call]) }
    }

    /// Finishes batches in their order. What a call sets off may commit at once,
    /// on this very thread: it waits its turn.
    private func drain() {
        loop.assertOnLoop()
        if isDraining { return }
        isDraining = true
        defer { isDraining = false }
        while case let batches = settledBatches.take(), !batches.isEmpty {
            for (jobs, failure) in batches {
                // What it counted may not be there.
                if failure != nil { environment.pendingRoom.forgetAll() }
                for case let call as Call in jobs { finish(call, failure) }
            }
            // Everybody whom these batches woke, in one batch.
            defer { woken = [] }
            if !woken.isEmpty { submit(woken) }
        }
    }

    private func finish(_ call: Call, _ storeFailure: Failure?) {
        defer { topics?.end() }
        // Whoever was offered something and did not take it leaves it to the next one.
        defer { passOn(call, storeFailure) }
        if call.hasParked { fellAsleep(call) }
        if let storeFailure { return call.isAnswered ? () : call.answer(.failure(storeFailure)) }
        for effect in call.effects { apply(effect, of: call) }
        if !call.announcements.isEmpty { onAnnounced?(call.announcements) }
        if let place = call.outcome?.progress, !isLeaving {
            call.goesOn(from: place)
            return resubmit(call)
        }
        if call.isAnswered { return }
        switch call.outcome {
        case .answered(.done(let bytes)): call.answer(.success(bytes))
        case .answered(.reading(let work)): finishReading(call, work)
        case .refused(let failure, _): call.answer(.failure(failure))
        case .waits(let wait, _): park(call, wait)
        case nil: preconditionFailure("a settled call was not performed")
        }
    }

    private func passOn(_ call: Call, _ storeFailure: Failure?) {
        guard let offer = call.offer else { return }
        call.offer = nil
        if storeFailure == nil, call.outcome?.isAnswer == true { return }
        self.offer(offer)
    }

    private func finishReading(
        _ call: Call, _ work: @escaping @Sendable (any StoreReader) throws -> [UInt8]
    ) {
        let context = CallContext(
            environment: environment, peer: call.peer, session: call.session, grantedRuns: call.grantedRuns,
            now: environment.clock.now())
        read(
            context, { store, _ in try work(store) },
            reply: { result in
                if !call.isAnswered { call.answer(result) }
            })
    }

    private func apply(_ effect: Effect, of call: Call) {
        switch effect {
        case .granted(let holder):
            own(holder)
            onGranted?(holder.session, holder.id)
        case .attached(let run, let session): attach(run: run, session: session)
        case .ended(let run, let epoch): disown(run, upTo: epoch)
        case .stepHeld(let run, let step, let attempt, let process):
            watchStep(run: run, step: step, attempt: attempt, process: process)
        case .waitGivenUp(let run, let step): giveUp(.step(run, step))
        case .requestCancelled(let request): cancel(request, of: call.session)
        case .changed(let topic):
            if case .step(let run, let step) = topic { forgetStep(run: run, step: step) }
            wake(topic)
        case .woken(let outcome): settle(outcome)
        case .offered(let topic): offer(topic)
        case .cancelled(let run, let session, let cancellation): onCancelled?(session, run, cancellation)
        case .kill(let process, let run):
            if let failure = end(process) { call.refuse(.cancelledOnly(run, failure)) }
        case .due(let at): arm(at)
        // After the replies that wait for the loop's next turn.
        case .overdue: _ = loop.schedule(afterMilliseconds: 0) { self.perform(ExpireDue()) }
        case .deliver(let at): courier?.wake(at)
        case .traced(let run): spans?.changed(run)
        case .execute(let execution): executions?.begin(execution)
        case .stopExecution(let step): executions?.end(step)
        case .executionDue(let at): executions?.wake(at)
        case .executionsFound(let steps): executions?.repeatAll(steps)
        case .scheduleWaits(let schedule): perform(FireWaiting(schedule: schedule))
        case .tell(let notice): onNotice?(notice)
        case .later(let chore, let delay): arm(chore, afterMilliseconds: delay)
        case .roomChanged(let webhook): environment.pendingRoom.forget(webhook)
        case .attemptEnded(let end): environment.meters.count(end)
        case .roomFull(let webhook): environment.pendingRoom.isFull(webhook)
        case .stepRefused(let step): environment.refusedSteps.note(step, session: call.session)
        case .stepAdmitted(let run): environment.refusedSteps.forget(run: run, session: call.session)
        case .timePasses(let span): advance(span)
        case .draining(let isOn):
            environment.isDraining.replace(isOn)
            onDraining?(isOn)
        case .countSpace(let maxAge): space(maxAge: maxAge) { _ in }
        case .asked(let worker):
            // A connection that closed meanwhile is not one to remember.
            if environment.isOpen(call.session) { environment.workers.note(worker, session: call.session) }
        }
    }

    // MARK: Time

    /// Makes sure that what is due at `at` is looked at then.
    func arm(_ at: Instant) {
        if let dueTimer, dueTimer.at <= at { return }
        dueTimer?.timer.cancel()
        let delay = max(0, at.milliseconds(since: environment.clock.now()))
        dueTimer = (at, loop.alarm(afterMilliseconds: delay) { self.expireDue() })
    }

    private func expireDue() {
        dueTimer = nil
        performDue()
    }

    /// What time brings about: delays that are over, schedules that are due.
    func performDue() {
        perform(ExpireDue())
        perform(FireSchedules())
    }

    /// A test lets time pass: what is due then is done.
    private func advance(_ milliseconds: Int64) {
        environment.testTime?.advance(milliseconds: milliseconds)
        lookAnew()
    }

    /// Somebody set the wall clock: delays stay what they are, dates are looked at anew.
    public func clockWasSet() {
        loop.assertOnLoop()
        lookAnew()
    }

    private func lookAnew() {
        dueTimer?.timer.cancel()
        dueTimer = nil
        performDue()
        courier?.wake(environment.clock.now())
        executions?.wake(environment.clock.now())
    }
}

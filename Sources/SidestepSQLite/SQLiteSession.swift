import SidestepModel
import SidestepStore

/// The tables of one connection: what a request reads and writes through.
///
/// A debug build prepares all statements when it is made, so that a typo in any of them fails at start; a release build
/// prepares each when it is first used.
final class SQLiteSession: StoreTransaction {
    let connection: Connection
    let runs: RunStatements
    let steps: StepStatements
    let checkpoints: CheckpointStatements
    let messages: MessageStatements
    let states: StateStatements
    let journal: JournalStatements
    let queues: QueueStatements
    let waits: WaitStatements
    let earlySignals: EarlySignalStatements
    let limits: LimitStatements
    let clock: ClockStatements
    let schedules: ScheduleStatements
    let streams: StreamStatements
    let artifacts: ArtifactStatements
    let events: EventStatements
    let webhooks: WebhookStatements
    let announcements: AnnouncementStatements
    let lists: RunListStatements
    let forks: ForkStatements
    let removals: RemovalStatements
    let transfers: TransferStatements
    let graphs: GraphStatements
    let conversations: ConversationStatements
    let memories: MemoryStatements
    let executions: ExecutionStatements
    let acts: ActStatements
    let chores: ChoreStatements
    let recordings: RecordingStatements
    let recordingBlocks: RecordingBlockStatements
    let forgetting: ForgettingStatements
    let usages: UsageStatements
    let traces: TraceStatements
    let views: ViewStatements
    let spaces: SpaceStatements
    /// The moment of the transaction that is open.
    private(set) var now = Instant(milliseconds: 0)
    /// Whether something was deleted that has to go from the log as well.
    var isLogToBeCut = false
    /// The numbers this connection gives; nil until it gives one. Only the writer's connection does.
    var sequences: SequenceNumbers?
    /// What the current job has written to the journal, for those who are told of it.
    var notes: [JournalNote] = []
    /// Rows of held runs; nil where others may write them.
    private(set) var kept: KeptRuns?

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        self.connection = connection
        runs = try RunStatements(connection, library)
        steps = try StepStatements(connection, library)
        checkpoints = try CheckpointStatements(connection, library)
        messages = try MessageStatements(connection, library)
        states = try StateStatements(connection, library)
        journal = try JournalStatements(connection, library)
        queues = try QueueStatements(connection, library)
        waits = try WaitStatements(connection, library)
        earlySignals = try EarlySignalStatements(connection, library)
        limits = try LimitStatements(connection, library)
        clock = try ClockStatements(connection, library)
        schedules = try ScheduleStatements(connection, library)
        streams = try StreamStatements(connection, library)
        artifacts = try ArtifactStatements(connection, library)
        events = try EventStatements(connection, library)
        webhooks = try WebhookStatements(connection, library)
        announcements = try AnnouncementStatements(connection, library)
        lists = try RunListStatements(connection, library)
        forks = try ForkStatements(connection, library)
        removals = try RemovalStatements(connection, library)
        transfers = try TransferStatements(connection, library)
        graphs = try GraphStatements(connection, library)
        conversations = try ConversationStatements(connection, library)
        memories = try MemoryStatements(connection, library)
        executions = try ExecutionStatements(connection, library)
        acts = try ActStatements(connection, library)
        chores = try ChoreStatements(connection, library)
        recordings = try RecordingStatements(connection, library)
        recordingBlocks = try RecordingBlockStatements(connection, library)
        forgetting = try ForgettingStatements(connection, library)
        usages = try UsageStatements(connection, library)
        traces = try TraceStatements(connection, library)
        views = try ViewStatements(connection, library)
        spaces = try SpaceStatements(connection, library)
    }

    /// From now on rows of held runs are kept: this connection is the one that writes.
    func keepRuns() {
        let kept = KeptRuns()
        kept.watch(connection)
        self.kept = kept
    }

    /// A transaction begins, and all that it writes has this time.
    func begin(at moment: Instant) { now = moment }

    /// The transaction that was open stands.
    func committed() {
        sequences?.committed()
        kept?.committed()
    }

    /// What was written since the transaction began, or since its savepoint, is gone.
    func rolledBack() {
        sequences?.rolledBack()
        kept?.rolledBack()
    }

    /// What a fenced write throws when it changed nothing.
    func leaseLost() -> Failure {
        Failure(
            .leaseLost, "the lease is over: the run has a newer owner",
            hint: "Stop working on this run; `sidestep why RUN` says who has it.")
    }

    func requireOne(_ changes: Int) throws(Failure) {
        if changes != 1 { throw leaseLost() }
    }
}

/// All that the daemon tells of itself, in the order in which it does.
extension Metric {
    /// The names of one kind, of queues for example, that have samples of their own: a monitor keeps each for long.
    public static let mostNames = 500

    /// The rows of the table.
    public static let all: [Metric] = [
        build, startTime, cpu, resident, descriptors, connections, requests, parkedCalls, owners, workers,
        executing, attempts, commits, batches, database, storage, runs, queued, owned, holders, room,
        breakers,
        deliveries,
    ]

    // MARK: The process

    /// Which program this is.
    public static let build = Metric(
        "sidestep_build", .info, labels: ["version", "store_version"], "The daemon and what it stores in.")
    /// When it was started.
    public static let startTime = Metric(
        "process_start_time_seconds", .gauge, "When the daemon was started, in seconds since 1970.")
    /// What it has used of the processor.
    public static let cpu = Metric(
        "process_cpu_seconds", .counter, "Time that the daemon had a processor.")
    /// What it has in memory.
    public static let resident = Metric(
        "process_resident_memory_bytes", .gauge, "Memory of the daemon that is not swapped out.")
    /// Its open files.
    public static let descriptors = Metric("process_open_fds", .gauge, "File descriptors that it has open.")

    // MARK: Calls

    /// The clients.
    public static let connections = Metric("sidestep_connections", .gauge, "Connections that are open.")
    /// What came over their connections.
    public static let requests = Metric(
        "sidestep_requests", .counter, labels: ["method", "outcome"],
        "Requests that were answered, by method and outcome: `ok`, or the kind of the error.")
    /// Who waits.
    public static let parkedCalls = Metric(
        "sidestep_parked_calls", .gauge, "Calls that wait for something: a signal, a run, room in a limit.")
    /// Who is watched.
    public static let owners = Metric(
        "sidestep_watched_owners", .gauge, "Owners of runs whose process, connection or time is watched.")
    /// Who asks for runs.
    public static let workers = Metric("sidestep_workers", .gauge, "Connected workers.")
    /// What the daemon does itself.
    public static let executing = Metric(
        "sidestep_executing_steps", .gauge, "Steps that the daemon itself executes now.")
    /// What came of steps.
    public static let attempts = Metric(
        "sidestep_step_attempts", .counter, labels: ["outcome"],
        "Attempts of steps that ended: `completed`, `failed`, or `lost` with their process or to a time-out.")

    // MARK: The store

    /// How long durability takes.
    public static let commits = Metric(
        "sidestep_commit_seconds", .histogram,
        "From the beginning of a commit until it is on disk, the sync included.")
    /// How many share a commit.
    public static let batches = Metric(
        "sidestep_batch_calls", .histogram, "Calls that were written by one commit.")
    /// What it takes.
    public static let database = Metric(
        "sidestep_database_bytes", .gauge, "The database and its log on disk.")
    /// How its disk does.
    public static let storage = Metric(
        "sidestep_storage", .gauge, labels: ["state"],
        "1 for the state that the disk under the store is in, else 0.")

    // MARK: The work

    /// The runs.
    public static let runs = Metric(
        "sidestep_runs", .gauge, labels: ["status"], "Runs in the database, by status.")
    /// Who waits in a queue.
    public static let queued = Metric(
        "sidestep_queue_waiting_runs", .gauge, labels: ["uid", "queue"],
        "Runs of a queue that wait for an owner.")
    /// Who has left it.
    public static let owned = Metric(
        "sidestep_queue_owned_runs", .gauge, labels: ["uid", "queue"], "Runs of a queue that have an owner.")
    /// Who holds a limit.
    public static let holders = Metric(
        "sidestep_limit_holders", .gauge, labels: ["uid", "limit"], "Steps that hold a limit now.")
    /// How many may.
    public static let room = Metric(
        "sidestep_limit_concurrency", .gauge, labels: ["uid", "limit"], "Steps that may hold a limit at once."
    )
    /// What is refused.
    public static let breakers = Metric(
        "sidestep_breaker_open", .gauge, labels: ["uid", "breaker"],
        "1 while a circuit breaker lets nothing through but a probe, else 0.")
    /// What is on its way.
    public static let deliveries = Metric(
        "sidestep_webhook_pending_deliveries", .gauge, labels: ["uid", "webhook"],
        "Deliveries that a webhook has not taken yet.")
}

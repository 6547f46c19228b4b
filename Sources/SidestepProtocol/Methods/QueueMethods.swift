import SidestepModel

extension MethodTable {
    /// The methods about queues.
    static let queueMethods: [Method] = [
        Method(
            "queue.put", .queue, .open, "Says what limits a queue; what is left out has no limit.",
            parameters: [
                aQueue,
                .may("concurrency", .integer(1...1_000_000_000), "runs at once"),
                .may("key_concurrency", .integer(1...1_000_000_000), "runs of one `concurrency_key` at once"),
                .may("rate", .rate, "how many runs may begin in a span of time"),
            ],
            result: theQueue,
            example: Example(#"{"queue":"mail","concurrency":4}"#, ExampleText.queue), waitsForCommit: true),
        Method(
            "queue.get", .queue, .open, "Returns a queue with how many runs wait and run.",
            parameters: [aQueue], result: theQueue, example: Example(#"{"queue":"mail"}"#, ExampleText.queue)),
        Method(
            "queue.list", .queue, .open, "Lists the queues that were put or have runs.",
            result: [.must("queues", .array(.queue), "the queues")],
            example: Example(
                "{}", #"{"queues":[{"queue":"mail","paused":false,"concurrency":4,"queued":2,"running":1}]}"#)
        ),
        Method(
            "queue.pause", .queue, .open, "Stops handing out the runs of a queue, or goes on with it.",
            parameters: [aQueue, .may("paused", .boolean, "false goes on", default: true)],
            result: theQueue, example: Example(#"{"queue":"mail"}"#, ExampleText.queue), waitsForCommit: true),
    ]

    /// The methods about workers: processes that execute the runs of queues.
    static let workerMethods: [Method] = [
        Method(
            "worker.claim", .worker, .open,
            "Hands over the next run of the worker's queues, waiting for one to come.",
            parameters: [
                .must(
                    "workflows", .strings(atMost: .workflows), "the workflows that the worker has code for"),
                .may("queues", .strings(atMost: .queues), "its queues", default: .texts("default")),
                .may(
                    "code_version", .name, "the version of its code; runs of another version are not for it"),
                .may("worker", .name, "what people call the worker", default: "its process id"),
                .may("wait_ms", .span, "the longest time to wait for a run", default: 0),
                .may("owner", .ownerKind, "what keeps the lease alive", default: .text("connection")),
                .may("ttl_ms", .span, "how long a lease of kind ttl lives without renewal"),
                .may(
                    "steps", .enumeration(["all", "none"]), "whether recorded steps are handed over",
                    default: .text("all")),
                .may("max_bytes", .bytes, "about how large the steps may be together"),
            ],
            result: [
                .must("claimed", .boolean, "false when no run came in time; then there is nothing else"),
                .may("run", .run, "the run"),
                .may("lease", .opaque, "the right to act for the run"),
                .may("epoch", .count, "the number of the lease"),
                .may("created", .boolean, "always false"),
                .may("input", .payload, "what the run was begun with"),
                .may("checkpoint", .checkpoint, "the checkpoint to go on from"),
                .may("steps", .array(.replayedStep), "what was recorded, oldest first"),
                .may("more", .opaque, "the cursor for `step.list` when not all steps fitted"),
                itsTrace,
            ],
            example: Example(#"{"workflows":["research"],"wait_ms":1000}"#, #"{"claimed":false}"#),
            waitsForCommit: true, mayWait: true),
        Method(
            "worker.list", .worker, .open, "Lists the workers that are connected.",
            result: [
                .must(
                    "workers",
                    .array(
                        .object([
                            .must("worker", .name, "what people call it"),
                            .must("pid", .count, "its process"),
                            .must("uid", .integer(0...4_294_967_295), "its user"),
                            .must("workflows", .strings(), "the workflows it has code for"),
                            .must("queues", .strings(), "its queues"),
                            .may("code_version", .name, "the version of its code"),
                            .must("since_at", .instant, "when it first asked for a run"),
                            .must("runs", .strings(), "the runs that it has"),
                        ])), "the workers, by name")
            ],
            example: Example(
                "{}",
                #"{"workers":[{"worker":"w1","pid":812,"uid":1000,"workflows":["research"],"queues":["default"],"#
                    + #""since_at":1767225600000,"runs":["research-1"]}]}"#)),
    ]

    /// The method that gives a run to the workers.
    static let runEnqueue = Method(
        "run.enqueue", .run, .open,
        "Makes a run that waits for a worker, or answers with the one that is meant.",
        parameters: [
            .may("run", .name, "the id of the run", default: "a new one"),
            .must("workflow", .name, "the code that is to execute it"),
            .may("input", .payload, "what it is begun with"),
            .may("queue", .name, "where it waits", default: .text("default")),
            .may("priority", .integer(-1_000_000...1_000_000), "higher ones go first", default: 0),
            .may("delay_ms", .span, "how long it waits before a worker may have it"),
            .may("start_at", .instant, "the same as a date"),
            .may("dedup_key", .name, "while a run with this key is open in the queue, it is this run"),
            .may(
                "if_duplicate", .policyOnDuplicate,
                "whether that run is answered, or gives way to this one unless a worker has had it",
                default: .text("return")),
            .may("concurrency_key", .name, "runs of one key share the queue's `key_concurrency`"),
            .may("schedule_to_start_ms", .span, "when no worker has claimed it by then, it fails"),
            .may(
                "if_closed", .policyOnClosed, "what to do with a closed run of this id",
                default: .text("return")),
            .may("code_version", .name, "only a worker of this version may have it"),
        ] + creating,
        result: [theRun, .must("created", .boolean, "whether this call made it, or opened it again")],
        errors: [.runConflict, .runClosed, .runCancelled, .runNotFound],
        example: Example(
            #"{"run":"research-1","workflow":"research","input":{"topic":"tides"}}"#,
            #"{"run":\#(ExampleText.queuedRun),"created":true}"#), waitsForCommit: true)

    /// What whoever makes a run may say about it.
    static let creating: [Parameter] =
        [
            .may("retry", .retryPolicy, "when the run as a whole is tried again", default: "never"),
            .may(
                "max_interruptions", .count, "deaths without progress before the run is paused", default: "10"
            ),
            .may("tags", .stringMap(nullable: false, atMost: .tags), "names to find it by"),
            .may("metadata", .payload, "anything its author wants to note"),
            .may("deadline_at", .instant, "when it must be closed"),
        ] + belonging

    /// How a run stands to others.
    static let belonging: [Parameter] = [
        .may("parent", .name, "the run that it belongs to"),
        .may(
            "on_parent_close", .enumeration(["cancel", "detach"]),
            "whether it is cancelled when its parent closes",
            default: "cancel"),
        .may(
            "compensates", .boolean, "whether its workflow undoes what it did when the run is cancelled",
            default: "false"),
        .may("budget", .budget, "what it and its children may use up"),
        .may(
            "traceparent", .name, "the span of a trace that a new run is below, as W3C Trace Context has it",
            default: "the parent's"),
    ]

    static let itsTrace = Parameter.may(
        "traceparent", .name, "the run's own span, for what is below it; none when nobody is told of traces")

    private static let aQueue = Parameter.must("queue", .name, "the name of the queue")
    private static let theQueue: [Parameter] = [.must("queue", .queue, "the queue as it is now")]
}

extension ParameterType {
    /// How many things may begin in a span of time.
    static let rate = ParameterType.shared(
        "rate",
        .object([
            .must("count", .integer(1...1_000_000_000), "how many"),
            .must("per_ms", .integer(1...3_155_760_000_000), "in how many milliseconds"),
            .may(
                "burst", .integer(1...1_000_000_000), "how many at once after a quiet time", default: "count"),
        ]))

    static let queue = ParameterType.shared(
        "queue",
        .object([
            .must("queue", .name, "the name of the queue"),
            .may("user", .user, "whose it is"),
            .must("paused", .boolean, "whether nothing is handed out"),
            .may("concurrency", .count, "runs at once"),
            .may("key_concurrency", .count, "runs of one key at once"),
            .may("rate", .rate, "how many runs may begin in a span of time"),
            .must("queued", .count, "runs that wait"),
            .must("running", .count, "runs that have an owner"),
        ]))
}

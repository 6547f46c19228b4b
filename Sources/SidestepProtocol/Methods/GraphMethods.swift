import SidestepModel

extension MethodTable {
    /// The methods of saved states of graphs: what a LangGraph checkpointer needs.
    static let graphMethods: [Method] = [
        graphPut, graphPutWrites, graphGet, graphList, graphDeltaHistory, graphCopyThread, graphDeleteThread,
        graphDeleteRuns, graphPrune,
    ]

    private static let thread = Parameter.must("thread", .name, "the thread")
    private static let namespace = Parameter.may(
        "namespace", .string(maxBytes: 1024), "the namespace in the thread",
        default: "the root, an empty text")
    private static let aCheckpoint = Parameter.must("checkpoint", .name, "its id; later ones sort behind")

    private static let graphPut = Method(
        "graph.put", .graph, .open, "Saves a checkpoint of a graph; one of the same id is replaced.",
        parameters: [
            thread, namespace, aCheckpoint, .may("parent", .name, "the checkpoint it follows"),
            .must("type", .text, "the serializer that made `data`"),
            .must("data", .base64, "the state in base64, but for `values`"),
            .must("metadata", .payload, "an object; `run_id` in it is what `graph.delete_runs` looks for"),
            .may(
                "values", .array(.graphValue, atMost: .graphChannels),
                "channels kept apart; equal values are stored once"),
            .may("channels", .strings(atMost: .graphChannels), "the channels that `data` has a value of"),
            .may(
                "deltas", .strings(atMost: .graphChannels),
                "the channels whose state is in the writes since their last snapshot"),
        ],
        errors: [.invalidArgument],
        example: Example(
            #"{"thread":"t1","checkpoint":"1ef-1","type":"json","data":"e30=","metadata":{"step":1}}"#, "{}"),
        waitsForCommit: true)

    private static let graphPutWrites = Method(
        "graph.put_writes", .graph, .open,
        "Saves what a task of a graph wrote; what is there already is kept.",
        parameters: [
            thread, namespace, .must("checkpoint", .name, "the checkpoint the task began with"),
            .must("task", .name, "the task"), .may("path", .text, "its place in the graph"),
            .must(
                "writes", .array(.graphWrite, atMost: .graphWrites),
                "channels and values, numbered in the task"),
            .may("replace", .boolean, "whether what is there is replaced", default: false),
        ],
        errors: [.invalidArgument],
        example: Example(
            ##"{"thread":"t1","checkpoint":"1ef-1","task":"a","writes":[\##(ExampleText.graphWrite)]}"##, "{}"
        ),
        waitsForCommit: true)

    private static let graphGet = Method(
        "graph.get", .graph, .open, "Returns a checkpoint of a graph: the one asked for, or the newest.",
        parameters: [thread, namespace, .may("checkpoint", .name, "its id", default: "the newest")],
        result: [.may("found", .graphCheckpoint, "the checkpoint, if there is one")],
        example: Example(#"{"thread":"t1"}"#, #"{"found":\#(ExampleText.graphCheckpoint)}"#))

    private static let graphList = Method(
        "graph.list", .graph, .open, "Lists checkpoints of graphs, the newest first.",
        parameters: [
            .may("thread", .name, "only of this thread"),
            .may("namespace", .string(maxBytes: 1024), "only of this namespace"),
            .may("checkpoint", .name, "only this one"), .may("before", .name, "only ids below this one"),
            .may("filter", .payload, "an object: members of the metadata and their values"),
            .may("limit", .page, "checkpoints on a page", default: 100),
            .may("cursor", .opaque, "`more` of the page before"),
        ],
        result: [
            .must("checkpoints", .array(.graphCheckpoint), "the checkpoints"),
            .may("more", .opaque, "the cursor of the next page"),
        ],
        errors: [.invalidArgument],
        example: Example(
            #"{"thread":"t1","filter":{"step":1}}"#,
            #"{"checkpoints":[\#(ExampleText.graphCheckpoint)],"more":null}"#))

    private static let graphDeltaHistory = Method(
        "graph.delta_history", .graph, .open,
        "Returns what channels got along the ancestors of a checkpoint, each since its last stored value.",
        parameters: [
            thread, namespace, .may("checkpoint", .name, "the checkpoint", default: "the newest"),
            .must("channels", .strings(atMost: .graphChannels), "the channels"),
        ],
        result: [.must("channels", .array(.graphHistory), "in the order asked for")],
        example: Example(
            #"{"thread":"t1","channels":["messages"]}"#,
            #"{"channels":[{"channel":"messages","writes":[\#(ExampleText.graphWrite)]}]}"#))

    private static let graphCopyThread = Method(
        "graph.copy_thread", .graph, .open,
        "Copies a thread, all its checkpoints and writes, to another one.",
        parameters: [thread, .must("target", .name, "the thread to copy to")],
        example: Example(#"{"thread":"t1","target":"t2"}"#, "{}"), waitsForCommit: true)

    private static let graphDeleteThread = Method(
        "graph.delete_thread", .graph, .open, "Forgets a thread with its checkpoints and writes.",
        parameters: [thread], result: [.must("deleted", .boolean, "whether there was one")],
        example: Example(#"{"thread":"t1"}"#, #"{"deleted":true}"#), waitsForCommit: true, space: .frees)

    private static let graphDeleteRuns = Method(
        "graph.delete_runs", .graph, .open,
        "Forgets the checkpoints whose metadata names one of these runs, with the writes at them.",
        parameters: [.must("runs", .strings(atMost: .graphRuns), "values of `run_id`")],
        result: [.must("deleted", .count, "how many checkpoints")],
        example: Example(#"{"runs":["r1"]}"#, #"{"deleted":3}"#), waitsForCommit: true, space: .frees)

    private static let graphPrune = Method(
        "graph.prune", .graph, .open,
        "Forgets all checkpoints of threads but the newest of each namespace and what it depends on.",
        parameters: [.must("threads", .strings(atMost: .graphThreads), "the threads")],
        result: [.must("deleted", .count, "how many checkpoints")],
        example: Example(#"{"threads":["t1"]}"#, #"{"deleted":11}"#), waitsForCommit: true, space: .frees)
}

extension ParameterType {
    /// Bytes in base64; the frame bounds them.
    static let base64 = ParameterType.string(maxBytes: 64 << 20)

    static let graphValue = ParameterType.shared(
        "graph_value",
        .object([
            .must("channel", .name, "the channel"), .must("type", .text, "the serializer"),
            .must("data", .base64, "the value in base64"),
        ]))

    static let graphWrite = ParameterType.shared(
        "graph_write",
        .object([
            .may("task", .name, "the task; in results"), .may("path", .text, "its place; in results"),
            .must("index", .integer(-1_000_000...1_000_000_000), "its number in the task"),
            .must("channel", .name, "the channel"), .must("type", .text, "the serializer"),
            .must("data", .base64, "the value in base64"),
        ]))

    static let graphCheckpoint = ParameterType.shared(
        "graph_checkpoint",
        .object([
            .must("thread", .name, "its thread"),
            .must("namespace", .string(maxBytes: 1024), "its namespace"),
            .must("checkpoint", .name, "its id"), .may("parent", .name, "the checkpoint it follows"),
            .must("type", .text, "the serializer"), .must("data", .base64, "the state in base64"),
            .must("metadata", .payload, "what was saved with it"),
            .may("channels", .strings(), "the channels that `data` has a value of"),
            .may("deltas", .strings(), "the channels whose state is in the writes since their last snapshot"),
            .must("values", .array(.graphValue), "the channels kept apart"),
            .must("writes", .array(.graphWrite), "in the order in which the graph applies them"),
        ]))

    static let graphHistory = ParameterType.shared(
        "graph_history",
        .object([
            .must("channel", .name, "the channel"),
            .must("writes", .array(.graphWrite), "the oldest first"),
            .may("seed", .graphSeed, "the stored value before them, if there is one"),
        ]))

    private static let graphSeed = ParameterType.object([
        .must("type", .text, "the serializer"), .must("data", .base64, "the value in base64"),
        .must("whole", .boolean, "whether it is the state of a checkpoint, which has the value in it"),
    ])
}

/// How many elements an array or an open object of a call may have: each kind has a name, on the wire and in the
/// configuration.
///
/// The values are such that a call at its limit keeps the writer for less than a tenth of a second
/// (benchmarks/pauses.py): about 10 000 rows, or what a loop goes through for each of them.
public enum ElementLimit: String, Sendable, CaseIterable {
    case messages, entries, items
    case importLines = "import_lines"
    case importElements = "import_elements"
    case graphChannels = "graph_channels"
    case graphWrites = "graph_writes"
    case graphFilters = "graph_filters"
    case graphThreads = "graph_threads"
    case graphRuns = "graph_runs"
    case memoryLabels = "memory_labels"
    case memoryFilters = "memory_filters"
    case memoryOperations = "memory_operations"
    case tags, workflows, queues, awaited, waits
    case webhookEvents = "webhook_events"
    case errorTypes = "error_types"
    case delays, usages
    case arguments, variables, headers, statuses
    case recordingKeys = "recording_keys"
    case recordingTools = "recording_tools"
    case recordingCuts = "recording_cuts"
    case recordingSplits = "recording_splits"
    case runs

    /// What holds when the configuration says nothing.
    public var standard: Int {
        switch self {
        case .messages, .entries, .items, .graphWrites, .recordingCuts, .recordingTools: 10_000
        case .recordingSplits: 200_000
        case .recordingKeys: 8
        case .importLines: 2000
        case .importElements: 20_000
        case .graphChannels, .arguments: 4096
        case .graphFilters, .queues, .memoryLabels, .memoryFilters: 32
        case .graphThreads, .graphRuns, .memoryOperations, .waits, .delays, .variables, .runs: 1000
        case .tags: 256
        case .workflows, .awaited, .webhookEvents, .errorTypes, .usages, .headers, .statuses: 100
        }
    }

    /// What is counted, for the documentation.
    public var summary: String {
        switch self {
        case .messages: "messages in one `checkpoint` or `run.fork`"
        case .entries: "entries in one `conversation.append`"
        case .items: "items in one `stream.append`"
        case .importLines: "lines in one `run.import`"
        case .importElements: "messages, items and tags in the lines of one `run.import`, all together"
        case .graphChannels: "channels and values in one call of `graph.`"
        case .graphWrites: "writes in one `graph.put_writes`"
        case .graphFilters: "members of a `filter` of `graph.list`"
        case .graphThreads: "threads in one `graph.prune`"
        case .graphRuns: "runs in one `graph.delete_runs`"
        case .memoryLabels: "labels of a namespace of memories"
        case .memoryFilters: "members of a `filter` of `memory.search`, and of an object in it"
        case .memoryOperations: "operations in one `memory.batch`"
        case .tags: "tags of a run, and in one call"
        case .workflows: "workflows of one `worker.claim`"
        case .queues: "queues of one `worker.claim`"
        case .awaited: "things that one `wait.first` waits for"
        case .waits: "steps in one `run.suspend`"
        case .webhookEvents: "events of one webhook"
        case .errorTypes: "error types in a retry policy, and of one error"
        case .delays: "delays in a retry policy"
        case .usages: "amounts of one usage"
        case .arguments: "arguments of a program"
        case .variables: "variables of a program"
        case .headers: "headers of a request or a webhook"
        case .statuses: "statuses that a request accepts"
        case .recordingKeys: "keys of a recording"
        case .recordingTools: "ids of tool calls in a recorded request or response"
        case .recordingCuts: "places where a recorded request is cut"
        case .recordingSplits: "places where parts of a recorded response began"
        case .runs: "runs named in one `run.bulk`"
        }
    }
}

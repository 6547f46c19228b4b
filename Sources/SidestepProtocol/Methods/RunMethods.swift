import SidestepModel

extension MethodTable {
    /// The methods about runs: opening, closing, reading.
    static let runMethods: [Method] =
        [resume, runEnqueue, runGet, runList, runResult] + runClosing + runOperating + [runBulk]
        + runReading + watchMethods

    static let aRun = Parameter.must("run", .name, "the id of the run")
    static let theRun = Parameter.must("run", .run, "the run as it is now")

    private static let runGet = Method(
        "run.get", .run, .visible, "Returns a run with its input, its result and what it consumed.",
        parameters: [aRun, .may("generation", .count, "which generation", default: "the latest")],
        result: [
            theRun,
            .may("input", .payload, "what the run was begun with"),
            .may("output", .payload, "what it returned"),
            .may("error", .payload, "how it failed"),
            .may("usage", .open([], others: .payload), "what its steps and recorded calls consumed"),
            .must("steps", .open([], others: .count), "how many steps there are of each status"),
            .may("recordings", .open([], others: .count), "how many recorded calls there are of each state"),
            .may("checkpoint", .name, "the id of the latest checkpoint"),
            .may("state", .strings(), "the names in its state"),
            .may("budget", .budgetState, "what it may use up and has"),
            .may("forked_from", .lineage, "what it was made from, if it is a fork"),
            .may("forks", .strings(), "the ids of its forks, the oldest hundred"),
            itsTrace,
        ],
        errors: [.runNotFound],
        example: Example(
            #"{"run":"research-1"}"#,
            #"{"run":\#(ExampleText.run),"input":{"topic":"tides"},"steps":{"completed":4},"state":[]}"#
        ))

    /// What `run.list` and `run.bulk` find runs by.
    public static let runFilter: [Parameter] = [
        .may("workflow", .name, "only runs of this workflow"),
        .may("status", .runStatus, "only runs with this status"),
        .may("open", .boolean, "only runs that are not closed", default: false),
        .may("tag", .stringMap(nullable: false, atMost: .tags), "only runs with all these tags"),
        .may("created_after", .instant, "only runs made after this moment"),
        .may("created_before", .instant, "only runs made before this moment"),
        .may("newer_than_ms", .span, "only runs made no longer ago than this"),
        .may("older_than_ms", .span, "only runs made longer ago than this"),
        .may("text", .text, "only runs whose id or workflow holds this text"),
        .may("parent", .name, "only children of this run"),
        .may("user", .user, "only runs of this user; those of others are an administrator's"),
    ]

    private static let runList = Method(
        "run.list", .run, .visible, "Lists runs, the newest first.",
        parameters: runFilter + [
            .may("limit", .page, "runs on a page", default: 100),
            .may("cursor", .opaque, "`more` of the page before"),
        ],
        result: [
            .must("runs", .array(.run), "the runs"),
            .may("more", .opaque, "the cursor of the next page"),
        ],
        errors: [.runNotFound, .notPermitted],
        example: Example(
            #"{"workflow":"research","status":"running","limit":1}"#,
            #"{"runs":[\#(ExampleText.run)],"more":null}"#))

    private static let runResult = Method(
        "run.result", .run, .visible, "Returns what a run came to, and waits for it when asked to.",
        parameters: [aRun, .may("wait_ms", .span, "the longest time to wait", default: 0)],
        result: [
            .must("status", .runStatus, "how it ended"),
            .may("output", .payload, "what it returned"),
            .may("error", .payload, "how it failed"),
        ],
        errors: [.runNotFound, .timeout],
        example: Example(#"{"run":"research-1","wait_ms":5000}"#, #"{"status":"completed","output":"done"}"#),
        mayWait: true)
}

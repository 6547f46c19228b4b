import SidestepModel

extension MethodTable {
    /// The methods that make a run from another one, and compare the two.
    static let forkMethods: [Method] = [runFork, runDiff]

    private static let runFork = Method(
        "run.fork", .run, .visible,
        "Makes a run that shares what another one recorded up to a point, and goes its own way from there.",
        parameters: [
            aRun,
            .may("new_run", .name, "the id of the fork", default: "one that the daemon makes"),
            .may("step", .name, "the step to execute again; all that was completed before it is shared"),
            .may("checkpoint", .name, "the id of the checkpoint to go on from"),
            .may(
                "recording", .recordingNumber,
                "the recorded call to make again, or to go on from with another answer"),
            .may("response", .forkedResponse, "the answer that it has got instead"),
            .may("from_failed", .boolean, "whether to execute again what failed", default: false),
            .may("workflow", .name, "the code that executes the fork", default: "that of the run"),
            .may("input", .payload, "another input"),
            .may("state", .payload, "another state than that of the checkpoint at the point"),
            .may("messages", .array(.payload, atMost: .messages), "another message history"),
            .may(
                "signals", .enumeration(["leave", "copy"]),
                "what becomes of signals that nobody consumed", default: .text("leave")),
        ],
        result: [
            theRun,
            .must("created", .boolean, "false when the same call made it before"),
            .must("forked_from", .lineage, "what it was made from"),
        ],
        errors: [.runNotFound, .runConflict, .checkpointNotFound, .limitExceeded, .invalidArgument],
        example: Example(
            #"{"run":"research-1","step":"summarize","input":{"topic":"tides","depth":2}}"#,
            #"{"run":\#(ExampleText.run),"created":true,"#
                + #""forked_from":{"run":"research-1","generation":1,"step":"summarize"}}"#),
        waitsForCommit: true)

    private static let runDiff = Method(
        "run.diff", .run, .visible, "Compares the steps of two runs, the first difference first.",
        parameters: [
            aRun, .must("other", .name, "the run to compare it with"),
            .may("limit", .page, "differences at most", default: 1000),
            .may("max_bytes", .bytes, "about how large the answer may be"),
        ],
        result: [
            theRun, .must("other", .run, "the other run as it is now"),
            .must("same_input", .boolean, "whether both were begun with the same input"),
            .must("same_output", .boolean, "whether both returned the same"),
            .must("same", .count, "how many steps are the same in both"),
            .must("shared", .count, "how many of these are one record"),
            .must("steps", .array(.stepDifference), "the steps that differ"),
            .must("more", .boolean, "whether there are more than fit the answer"),
        ],
        errors: [.runNotFound],
        example: Example(
            #"{"run":"research-1","other":"research-1b"}"#,
            #"{"run":\#(ExampleText.run),"other":\#(ExampleText.run),"same_input":true,"same_output":false,"#
                + #""same":1,"shared":1,"steps":[{"step":"summarize","change":"changed","#
                + #""run":{"status":"completed","output":"short"},"other":{"status":"completed","output":"long"}}],"#
                + #""more":false}"#))
}

extension ParameterType {
    /// What a run was forked from.
    static let lineage = ParameterType.shared(
        "lineage",
        .object([
            .must("run", .name, "the source"),
            .must("generation", .count, "its generation"),
            .may("step", .name, "the step that is executed again"),
            .may("checkpoint", .name, "the checkpoint it goes on from"),
            .may("recording", .recordingNumber, "the recorded call that is made again"),
            .may("from_failed", .boolean, "true where it begins with what failed"),
        ]))

    private static let comparedStep = ParameterType.object([
        .must("status", .stepStatus, "what became of it"),
        .may("output", .payload, "what it returned"),
        .may("error", .payload, "how it failed"),
    ])

    /// A step that is not the same in two runs.
    static let stepDifference = ParameterType.shared(
        "step_difference",
        .object([
            .must("step", .name, "the name of the step"),
            .must(
                "change", .enumeration(["changed", "only_in_run", "only_in_other"]), "what is different"),
            .may("run", comparedStep, "the step in the run"),
            .may("other", comparedStep, "the step in the other run"),
        ]))
}

import SidestepModel

extension MethodTable {
    /// One thing done to many runs.
    static let runBulk = Method(
        "run.bulk", .run, .visible,
        "Cancels, retries, pauses, unpauses or deletes many runs: those named, or those that a filter finds.",
        parameters: [
            .must(
                "action", .enumeration(["cancel", "retry", "pause", "unpause", "delete"]),
                "what is done; `retry` opens failed and cancelled runs again, their finished steps stay"),
            .may("runs", .strings(atMost: .runs), "the runs, in place of a filter"),
            .may("all", .boolean, "whether all runs are meant where there is no filter", default: false),
        ] + runFilter + [
            .may("reason", .text, "with `cancel`: why, for people"),
            .may("grace_ms", .span, "with `cancel`: how long owners may take", default: 30_000),
            .may("dry_run", .boolean, "whether only to say to which runs it would be done", default: false),
            .may("limit", .page, "runs to look at; with `dry_run` the ids to name", default: 100),
            .may("cursor", .opaque, "`more` of the call before"),
        ],
        result: [
            .must("count", .count, "to how many runs it was done, or would be"),
            .must("runs", .strings(), "their ids, in the order in which it was done"),
            .must(
                "skipped",
                .array(
                    .object([
                        .must("run", .name, "the run, which is as it was"),
                        .must("kind", .name, "the kind of the error"),
                        .must("message", .text, "why, for people"),
                    ])), "runs that it cannot be done to"),
            .may("more", .opaque, "the cursor with which the call goes on; absent when all were looked at"),
        ],
        errors: [.runNotFound, .notPermitted, .invalidArgument],
        example: Example(
            #"{"action":"retry","workflow":"research","status":"failed"}"#,
            #"{"count":2,"runs":["research-7","research-4"],"skipped":[]}"#),
        waitsForCommit: true, space: .frees)
}

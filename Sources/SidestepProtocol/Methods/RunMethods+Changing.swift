import SidestepModel

extension MethodTable {
    /// The methods by which an owner lets go of its run.
    static let runClosing: [Method] = [
        Method(
            "run.complete", .run, .lease, "Closes the run with its output.",
            parameters: [.may("output", .payload, "what the run returned")], result: [theRun],
            errors: [.runConflict],
            example: Example(#"{"output":"done"}"#, #"{"run":\#(ExampleText.closedRun)}"#),
            waitsForCommit: true, space: .records),
        Method(
            "run.fail", .run, .lease,
            "Reports that the run failed; its policy decides whether it is tried again.",
            parameters: [
                .may("error", .payload, "how it failed"),
                .may(
                    "types", .strings(atMost: .errorTypes, areUnique: false),
                    "the types of the error, the most specific first"),
                .may("retryable", .boolean, "whether another attempt may help", default: true),
                .may("retry_after_ms", .span, "the delay that the outside world asked for"),
                .may(
                    "attempt", .count, "the attempt that failed: the same message again counts once",
                    default: "the one that runs"),
                .may(
                    "undoes", .boolean,
                    "whether the owner undoes first what was done: a last failure is then not recorded yet",
                    default: false),
            ],
            result: [
                theRun,
                .must("retry", .boolean, "whether the owner keeps the run and executes it again"),
                .may("undo", .boolean, "whether the owner is to undo now, and to report the failure again"),
                .may("delay_ms", .span, "how long to wait before that"),
                .must("attempt", .count, "the attempt to come, or the last one"),
            ],
            example: Example(
                #"{"error":{"type":"TypeError","message":"no"},"retryable":false}"#,
                #"{"run":\#(ExampleText.closedRun),"retry":false,"attempt":1}"#), waitsForCommit: true,
            space: .records),
        Method(
            "run.release", .run, .lease, "Gives the run back without closing it.", result: [theRun],
            example: Example("{}", #"{"run":\#(ExampleText.run)}"#), waitsForCommit: true, space: .records),
        Method(
            "run.suspend", .run, .lease,
            "Lets go of a run that waits: a worker gets it when one of its waits is over.",
            parameters: [
                .may(
                    "steps", .strings(atMost: .waits), "the waits that the owner takes for open",
                    default: "all that are")
            ],
            result: [
                theRun,
                .must("suspended", .boolean, "false when a wait is over already and the owner keeps the run"),
                .must("ready", .strings(), "the waits that are over"),
            ],
            errors: [.invalidArgument],
            example: Example("{}", #"{"run":\#(ExampleText.queuedRun),"suspended":true,"ready":[]}"#),
            waitsForCommit: true, space: .records),
    ]

    /// The methods by which an operator changes a run without its lease.
    static let runOperating: [Method] = [
        Method(
            "run.pause", .run, .visible, "Stops the run and fences its owner.", parameters: [aRun],
            result: [theRun],
            errors: [.runNotFound, .runClosed],
            example: Example(#"{"run":"research-1"}"#, #"{"run":\#(ExampleText.run)}"#),
            waitsForCommit: true, space: .records),
        Method(
            "run.unpause", .run, .visible, "Lets a paused run be resumed, its interruptions forgotten.",
            parameters: [aRun], result: [theRun], errors: [.runNotFound, .runClosed],
            example: Example(#"{"run":"research-1"}"#, #"{"run":\#(ExampleText.run)}"#),
            waitsForCommit: true, space: .records),
        Method(
            "run.cancel", .run, .visible,
            "Asks a run and its children to end; the owner may first undo what it did.",
            parameters: [
                aRun, .may("reason", .text, "why, for people"),
                .may("grace_ms", .span, "how long the owner may take", default: 30_000),
                .may("kill", .boolean, "whether the owner's process is ended, too", default: false),
            ],
            result: [theRun], errors: [.runNotFound, .runClosed, .notPermitted],
            example: Example(
                #"{"run":"research-1","reason":"no longer needed"}"#, #"{"run":\#(ExampleText.run)}"#),
            waitsForCommit: true, space: .frees),
        Method(
            "run.delete", .run, .visible, "Removes a run and everything recorded of it.", parameters: [aRun],
            result: [.must("deleted", .boolean, "whether there was one")], errors: [.runOwned],
            example: Example(#"{"run":"research-1"}"#, #"{"deleted":true}"#), waitsForCommit: true,
            space: .frees),
        Method(
            "run.update", .run, .visible, "Changes what is noted about a run.",
            parameters: [
                aRun,
                .may("tags", .stringMap(nullable: true, atMost: .tags), "tags to set; null removes one"),
                .may("metadata", .payload, "the new metadata"),
                .may("deadline_at", .instant, "when it must be closed"),
                .may("budget", .budget, "what it may use up; what is not named stays"),
            ],
            result: [theRun], errors: [.runNotFound],
            example: Example(
                #"{"run":"research-1","tags":{"team":"oceans","draft":null}}"#,
                #"{"run":\#(ExampleText.run)}"#),
            waitsForCommit: true),
    ]
}

import SidestepModel

extension MethodTable {
    /// The method that every program begins with.
    static let resume = Method(
        "resume", .run, .visible, "Opens a run, or comes back to it with everything that was recorded.",
        parameters: resumeIdentity + resumePolicies + resumeOwnership + belonging,
        result: [
            theRun,
            .may("lease", .opaque, "the right to act for the run; null for a closed one"),
            .must("epoch", .count, "the number of the lease"),
            .must("created", .boolean, "whether the run is new"),
            .may("checkpoint", .checkpoint, "the checkpoint to go on from"),
            .must("steps", .array(.replayedStep), "what was recorded, oldest first"),
            .may("more", .opaque, "the cursor for `step.list` when not all steps fitted"),
            .may("output", .payload, "what a closed run returned"),
            .may("error", .payload, "how a closed run failed"),
            itsTrace,
            .may("superseded", .payload, "what the lease was taken from"),
        ],
        errors: [
            .runNotFound, .runConflict, .runOwned, .runClosed, .runPaused, .runCancelled, .tokenInvalid,
            .checkpointNotFound, .notPermitted, .deadlineExceeded, .unsupported,
        ],
        example: Example(
            #"{"run":"research-1","workflow":"research","input":{"topic":"tides"}}"#,
            #"{"run":\#(ExampleText.run),"lease":"l3.9f2c","epoch":3,"created":false,"checkpoint":null,"#
                + #""steps":[{"step":"fetch","status":"completed","attempt":1,"output":7}],"more":null}"#
        ),
        waitsForCommit: true, mayWait: true)

    private static let resumeIdentity: [Parameter] = [
        .may("run", .name, "the id of the run", default: "a new one"),
        .may("workflow", .name, "the code that executes it"),
        .may("input", .payload, "what it is begun with"),
        .may("create", .boolean, "whether a missing run is made", default: true),
        .may("token", .opaque, "a resume token: the checkpoint to go on from"),
        .may("code_version", .name, "the version of the code"),
        .may("tags", .stringMap(nullable: false, atMost: .tags), "names to find it by"),
        .may("metadata", .payload, "anything its author wants to note"),
        .may("deadline_at", .instant, "when it must be closed"),
    ]

    private static let resumePolicies: [Parameter] = [
        .may("if_closed", .policyOnClosed, "what to do with a closed run", default: .text("return")),
        .may("if_owned", .policyOnOwned, "what to do when another process has it", default: .text("fail")),
        .may("wait_ms", .span, "the longest time to wait for an owned run"),
        .may(
            "on_code_change", .enumeration(["continue", "pause", "fail"]),
            "what to do when `code_version` differs from the last owner's", default: .text("continue")),
        .may(
            "on_mismatch", .enumeration(["error", "warn"]),
            "what to do when a step comes with another fingerprint", default: "error"),
        .may("retry", .retryPolicy, "when the run as a whole is tried again", default: "never"),
        .may("max_interruptions", .count, "deaths without progress before the run is paused", default: "10"),
    ]

    private static let resumeOwnership: [Parameter] = [
        .may("owner", .ownerKind, "what keeps the lease alive", default: .text("connection")),
        .may(
            "owner_pid", .integer(1...4_194_304), "the owning process, an ancestor of the caller",
            default: "the caller"),
        .may("ttl_ms", .span, "how long a lease of kind ttl lives without renewal"),
        .may(
            "steps", .enumeration(["all", "none"]), "whether recorded steps are handed over",
            default: .text("all")),
        .may("max_bytes", .bytes, "about how large the steps may be together"),
    ]
}

extension ParameterType {
    /// A size; what is larger than a frame is cut to it.
    static let bytes = ParameterType.integer(1...1_099_511_627_776)
}

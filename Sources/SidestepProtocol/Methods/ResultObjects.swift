/// The objects that several methods answer with.
extension ParameterType {
    /// Who executes a run.
    static let owner = ParameterType.shared(
        "owner",
        .object([
            .must("kind", .ownerKind, "what keeps the lease alive"),
            .may("pid", .count, "the process"),
            .may("uid", .integer(0...4_294_967_295), "its user"),
            .may("since_at", .instant, "when the lease was granted"),
        ]))

    /// A user's number.
    static let user = ParameterType.integer(0...4_294_967_295)

    static let run = ParameterType.shared(
        "run",
        .object([
            .must("id", .name, "the name of the run"),
            .must(
                "uid", .name, "the name of this generation; the idempotency key of a step is `<uid>/<step>`"),
            .may("user", .user, "whose it is"),
            .must("generation", .count, "how often the run was begun anew"),
            .may("workflow", .name, "the code that executes it"),
            .must("status", .runStatus, "what it is doing"),
            .may(
                "reason", .enumeration(["operator", "crash_loop", "budget", "unknown_step", "code_version"]),
                "why it is paused"),
            .must("attempt", .count, "the attempt of the run as a whole"),
            .must("interruptions", .count, "deaths of owners since the last progress"),
            .must("epoch", .count, "the number of the last lease"),
            .may("owner", .owner, "who executes it now"),
            .may("code_version", .name, "the version that the last owner gave"),
            .may("tags", .stringMap(nullable: false), "names to find it by"),
            .may("metadata", .payload, "what its author noted"),
            .may("deadline_at", .instant, "when it must be closed"),
            .may("next_attempt_at", .instant, "when its next attempt may begin"),
            .may("queue", .name, "where it waits for a worker"),
            .may("priority", .integer(-1_000_000...1_000_000), "higher ones go first"),
            .may("parent", .name, "the run that it belongs to"),
            .may(
                "on_parent_close", .enumeration(["cancel", "detach"]),
                "what becomes of it when that one closes"),
            .may("compensates", .boolean, "whether its workflow undoes what it did when it is cancelled"),
            .may(
                "cancel",
                .object([
                    .must("requested_at", .instant, "when it was asked to end"),
                    .must("at", .instant, "when it is closed whatever its owner does"),
                    .may("reason", .text, "why"),
                ]), "the request to end"),
            .must("created_at", .instant, "when it was made"),
            .must("updated_at", .instant, "when it last changed"),
            .may("closed_at", .instant, "when it was closed"),
        ]))

    static let step = ParameterType.shared(
        "step", .object(stepMembers))

    static let stepMembers: [Parameter] = [
        .must("step", .name, "the name of the step"),
        .must("status", .stepStatus, "what became of it"),
        .must("attempt", .count, "the last attempt"),
        .may("failures", .count, "attempts that failed"),
        .may("output", .payload, "what it returned"),
        .may("error", .payload, "how it failed"),
        .may("fingerprint", .opaque, "what its input looked like"),
        .may("at_most_once", .boolean, "whether it is never repeated by itself"),
        .may("compensation", .boolean, "whether it undoes what other steps did"),
        .may("usage", .usage, "what it consumed"),
        .may("metadata", .payload, "what its author noted"),
        .may("started_at", .instant, "when the last attempt began"),
        .may("finished_at", .instant, "when its result was recorded"),
        .may("next_attempt_at", .instant, "when the next attempt may begin"),
        .may("attempt_deadline_at", .instant, "when this attempt times out"),
    ]

    /// A step as `resume` hands it over.
    static let replayedStep = ParameterType.shared(
        "replayed_step",
        .object([
            .must("step", .name, "the name of the step"),
            .must("status", .stepStatus, "what became of it"),
            .must("attempt", .count, "the last attempt"),
            .may("output", .payload, "what it returned"),
            .may("error", .payload, "how it failed"),
            .may("fingerprint", .opaque, "what its input looked like"),
            .may("next_attempt_at", .instant, "when the next attempt may begin"),
        ]))

    /// A step that an operator looks at.
    static let stepInFlight = ParameterType.shared(
        "step_in_flight",
        .object(
            [.must("run", .name, "the run"), .may("workflow", .name, "the code that executes the run")]
                + stepMembers))

    static let checkpoint = ParameterType.shared(
        "checkpoint", .object(checkpointMembers))

    static let checkpointMembers: [Parameter] = [
        .must("checkpoint", .name, "its id, made by the daemon"),
        .must("run", .name, "the run it belongs to"),
        .must("sequence", .sequence, "its number: it grows with every checkpoint of the daemon"),
        .may("name", .name, "what its author called it"),
        .may("step_number", .integer(.min ... .max), "the step number its author gave"),
        .may("state", .payload, "the saved state"),
        .may("tool_results", .payload, "the saved tool results"),
        .may("metadata", .payload, "what its author noted"),
        .must("message_count", .count, "messages in its history"),
        .must("created_at", .instant, "when it was saved"),
    ]
}

import SidestepModel

extension MethodTable {
    /// What users have, and what it takes.
    static let systemUsage = Method(
        "system.usage", .system, .visible,
        "Tells what users have, by workflow: runs, steps, bytes of payloads, and when that was counted.",
        parameters: [
            .may("user", .user, "only what this user has; that of others is an administrator's"),
            .may("workflow", .name, "only runs of this workflow"),
            .may("limit", .integer(1...1000), "lines at most", default: 100),
            .may(
                "max_age_ms", .span,
                "how old the figures may be; they may be older where counting takes long", default: 60_000),
        ],
        result: [
            .must("counted_at", .instant, "when counting began: what is newer may be missing"),
            .must("took_ms", .span, "how long it took"),
            .must("lines", .array(.spaceLine), "what takes most first"),
            .must("all", .spaceLine, "all that match together, also what is in no line"),
            .must("more", .count, "how many lines there are besides"),
        ],
        errors: [.notPermitted, .storageError],
        example: Example(
            #"{"workflow":"research"}"#,
            #"{"counted_at":1767225600000,"took_ms":12,"lines":[{"user":1000,"workflow":"research","open_runs":2,"#
                + #""closed_runs":40,"steps":310,"bytes":4194304}],"all":{"open_runs":2,"closed_runs":40,"#
                + #""steps":310,"bytes":4194304},"more":0}"#), mayWait: true)
}

extension ParameterType {
    /// What a user has of a workflow.
    static let spaceLine = ParameterType.shared(
        "space_line",
        .object([
            .may("user", .user, "whose it is"),
            .may(
                "workflow", .name,
                "the workflow; absent for what stands beside runs, and for workflows of a user past a thousand"
            ),
            .must("open_runs", .sequence, "runs that are not closed"),
            .must("closed_runs", .sequence, "runs that are"),
            .must("steps", .sequence, "their steps"),
            .must("bytes", .integer(0 ... .max), "what payloads take, without names, indexes and free space"),
        ]))
}

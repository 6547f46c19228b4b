import SidestepModel

extension MethodTable {
    static let runTimeline = Method(
        "run.timeline", .run, .visible,
        "Shows what a run did over time, as much of it as a drawing of some width can show.",
        parameters: [
            aRun,
            .may("width", .integer(1...4000), "columns of the drawing", default: 800),
            .may("from_at", .instant, "where it begins (default: where the run does)"),
            .may("until_at", .instant, "where it ends (default: where the run does, or now)"),
        ],
        result: [
            .must("from_at", .instant, "where the drawing begins"),
            .must("until_at", .instant, "where it ends"),
            .must("lives", .array(.timelineLife), "who had the run, the oldest first"),
            .must("spans", .array(.timelineSpan), "what its own steps did"),
            .must("marks", .array(.timelineMark), "what else happened, the oldest first"),
            .must(
                "partial", .boolean, "whether there is more than was looked at: a shorter stretch shows more"),
        ],
        errors: [.runNotFound],
        example: Example(
            #"{"run":"research-1","width":80}"#,
            #"{"from_at":1767225600000,"until_at":1767225660000,"#
                + #""lives":[{"epoch":1,"owner":"process","pid":4711,"uid":1000,"from_at":1767225600000,"#
                + #""until_at":1767225630000,"end":"died"},"#
                + #"{"epoch":2,"owner":"process","pid":4712,"uid":1000,"from_at":1767225631000,"until_at":null}],"#
                + #""spans":[{"kind":"executed","from_at":1767225600000,"until_at":1767225612000,"count":1,"#
                + #""step":"fetch"},{"kind":"running","from_at":1767225631000,"until_at":null,"count":1,"#
                + #""step":"summary"}],"#
                + #""marks":[{"at":1767225600000,"kind":"run.created","count":1},"#
                + #"{"at":1767225630000,"kind":"run.interrupted","count":1}],"partial":false}"#))
}

extension ParameterType {
    /// The time that a run had one owner.
    fileprivate static let timelineLife = ParameterType.object([
        .must("epoch", .count, "the number of the lease"),
        .may("owner", .ownerKind, "what kept the lease alive"),
        .may("pid", .count, "the process"),
        .may("uid", .user, "its user"),
        .must("from_at", .instant, "when the lease was granted"),
        .may("until_at", .instant, "when it ended"),
        .may(
            "end", .name,
            "how it ended: why its owner was lost, or `completed`, `failed`, `cancelled`, `paused`, `released`, "
                + "`suspended`"),
    ])

    /// What a step did for a time, or several in one place of a drawing.
    fileprivate static let timelineSpan = ParameterType.object([
        .must(
            "kind", .enumeration(["executed", "failed", "backoff", "waiting", "running", "unknown"]),
            "what was done; `backoff` are attempts that failed, and the time until the next one"),
        .must("from_at", .instant, "when it began"),
        .may("until_at", .instant, "when it ended"),
        .may("count", .count, "how many steps are in it; absent where not all of them were looked at"),
        .may("step", .name, "the step, where it is one"),
    ])

    /// What happened once, or several times in one place of a drawing.
    fileprivate static let timelineMark = ParameterType.object([
        .must("at", .instant, "when the first one happened"),
        .must("kind", .name, "a word of the journal"),
        .must("count", .count, "how often in this column"),
    ])
}

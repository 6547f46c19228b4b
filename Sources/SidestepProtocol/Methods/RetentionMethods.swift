import SidestepModel

extension MethodTable {
    /// The methods that decide how long closed runs are kept.
    static let retentionMethods: [Method] = [runPrune, retentionPut, retentionList]

    private static let runPrune = Method(
        "run.prune", .run, .visible,
        "Removes closed runs: those that the rules of retention say, or those closed before a moment.",
        parameters: [
            .may("before", .instant, "only runs closed before this moment", default: "what the rules say"),
            .may("workflow", .name, "only runs of this workflow"),
            .may("status", .closedStatus, "only runs that ended like this"),
            .may("dry_run", .boolean, "whether only to say what would be removed", default: false),
        ],
        result: [
            .must("runs", .count, "how many runs were removed, or would be"),
            .may("bytes", .integer(0 ... .max), "with `dry_run`: about how many bytes of payload they have"),
            .may("estimate", .boolean, "true where the bytes of some were guessed from those of the others"),
            .must("more", .boolean, "whether the same call would remove more"),
        ],
        example: Example(
            #"{"status":"completed","before":1767225600000,"dry_run":true}"#,
            #"{"runs":120,"bytes":48000,"more":false}"#),
        waitsForCommit: true, space: .frees)

    private static let retentionPut = Method(
        "retention.put", .retention, .open,
        "Sets how long closed runs are kept; the most exact rule that fits a run decides.",
        parameters: [
            .may("workflow", .name, "the workflow that the rule is for", default: "all"),
            .may("status", .closedStatus, "the way to end that the rule is for", default: "all"),
            .may("keep_ms", .span, "how long they are kept after their end"),
            .may("forever", .boolean, "whether they are never removed by themselves", default: false),
        ],
        result: retentionRules, errors: [.notPermitted, .invalidArgument],
        example: Example(
            #"{"workflow":"nightly","status":"completed","keep_ms":604800000}"#,
            #"{"rules":[{"workflow":"nightly","status":"completed","keep_ms":604800000}],"#
                + #""default_keep_ms":2592000000}"#),
        waitsForCommit: true, space: .frees)

    private static let retentionList = Method(
        "retention.list", .retention, .open, "Tells how long closed runs are kept.",
        result: retentionRules,
        example: Example("{}", #"{"rules":[],"default_keep_ms":2592000000}"#))

    private static let retentionRules: [Parameter] = [
        .must("rules", .array(.retentionRule), "the rules"),
        .may("default_keep_ms", .span, "what holds without a rule; absent: for ever"),
    ]
}

extension ParameterType {
    /// A rule of retention.
    static let retentionRule = ParameterType.shared(
        "retention_rule",
        .object([
            .may("workflow", .name, "the workflow it is for; absent: all"),
            .may("status", .closedStatus, "the way to end it is for; absent: all"),
            .may("keep_ms", .span, "how long runs are kept; absent: for ever"),
        ]))

    static let closedStatus = ParameterType.enumeration(["completed", "failed", "cancelled"])
}

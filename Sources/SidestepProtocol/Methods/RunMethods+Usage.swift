import SidestepModel

extension MethodTable {
    /// What runs have used.
    static let runUsage = Method(
        "run.usage", .run, .visible,
        "Sums what runs have used, by day, model, workflow or user: also of runs that are removed.",
        parameters: [
            .may(
                "by", .enumeration(UsageGrouping.allCases.map(\.rawValue)), "what a line is about",
                default: .text(UsageGrouping.day.rawValue)),
            .may("from_at", .instant, "from the hour that this is in (default: thirty days before the end)"),
            .may("until_at", .instant, "until the hour that this is in (default: now)"),
            .may(
                "time_zone", .name, "the IANA name of the zone in which days begin", default: .text("UTC")),
            .may("workflow", .name, "only of runs of this workflow"),
            .may("model", .string(maxBytes: 1024), "only of this model; empty is where nobody said which"),
            .may("user", .user, "only of runs of this user; those of others are an administrator's"),
        ],
        result: [
            .must(
                "lines",
                .array(
                    .object([
                        .must("of", .text, "the day, the model, the workflow, or the number of the user"),
                        .must("usage", .usage, "sums of what was used: `requests` and what clients count"),
                        .may(
                            "saved", .usage,
                            "the same of what runs had recorded when they were taken up again: what replay "
                                + "did not pay once more"),
                    ])), "days in their order, others by what they used")
        ],
        errors: [.notPermitted, .invalidArgument],
        example: Example(
            #"{"by":"model","workflow":"research"}"#,
            #"{"lines":[{"of":"m-1","usage":{"cost_micros":2400,"input_tokens":800,"#
                + #""output_tokens":200,"requests":3}}]}"#
        ))
}

import SidestepModel

extension MethodTable {
    /// The methods that show steps.
    static let stepReading: [Method] = [
        Method(
            "step.get", .step, .visible, "Returns one step.", parameters: [aRun, aStep],
            result: ParameterType.stepMembers, errors: [.runNotFound, .invalidArgument],
            example: Example(#"{"run":"research-1","step":"fetch"}"#, ExampleText.step)),
        Method(
            "step.list", .step, .visible, "Lists the steps of a run, the oldest first.",
            parameters: [
                aRun,
                .may("cursor", .opaque, "`more` of the page before"),
                .may("limit", .page, "steps on a page", default: 1000),
                .may("max_bytes", .bytes, "about how large a page may be"),
                .may("status", .stepStatus, "only steps with this status"),
            ],
            result: [
                .must("steps", .array(.step), "the steps"),
                .may("more", .opaque, "the cursor of the next page"),
            ],
            errors: [.runNotFound],
            example: Example(#"{"run":"research-1"}"#, #"{"steps":[\#(ExampleText.step)],"more":null}"#)),
        Method(
            "step.inflight", .step, .visible, "Lists the steps somebody should look at: every unknown one.",
            parameters: [
                .may("limit", .page, "steps on a page", default: 100),
                .may("all", .boolean, "whether running steps are listed too", default: false),
            ],
            result: [.must("steps", .array(.stepInFlight), "the steps with their runs")],
            example: Example(
                "{}", #"{"steps":[{"run":"research-1","step":"pay","status":"unknown","attempt":1}]}"#)),
    ]

    static let stepResolve = Method(
        "step.resolve", .step, .visible, "Says what became of an unknown step.",
        parameters: [
            aRun, aStep,
            .must(
                "as", .enumeration(["rerun", "completed", "failed"]),
                "the verdict: rerun, completed or failed"),
            .may("output", .payload, "what it returned, with `completed`"),
            .may("error", .payload, "how it failed, with `failed`"),
        ],
        result: ParameterType.stepMembers, errors: [.runNotFound, .invalidArgument],
        example: Example(
            #"{"run":"research-1","step":"pay","as":"completed","output":{"receipt":17}}"#,
            #"{"step":"pay","status":"completed","attempt":1,"output":{"receipt":17}}"#),
        waitsForCommit: true, space: .records
    )
}

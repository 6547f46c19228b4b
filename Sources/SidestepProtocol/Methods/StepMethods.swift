import SidestepModel

extension MethodTable {
    /// The methods about steps.
    static let stepMethods: [Method] =
        [runStep, stepBegin, stepComplete, stepFail, stepHeartbeat] + stepReading + [stepResolve]

    static let aStep = Parameter.must("step", .name, "the name of the step")
    static let anAttempt = Parameter.may(
        "attempt", .count, "the attempt meant", default: "the one that is running")

    private static let beginning: [Parameter] =
        [
            aStep,
            .may("fingerprint", .opaque, "what the step's input looks like"),
            .may("at_most_once", .boolean, "whether it must never be repeated by itself", default: false),
            .may("retry", .retryPolicy, "when a failed attempt is tried again", default: "one attempt"),
            .may("timeouts", .timeouts, "how long it may take"),
            .may("metadata", .payload, "anything its author wants to note"),
            .may(
                "compensation", .boolean,
                "whether it undoes something: it may begin although the run was asked to end",
                default: false),
        ] + demanding

    static let begun: [Parameter] = [
        .must(
            "status", .enumeration(["completed", "execute"]), "whether there is a result or the body must run"
        ),
        .must("step", .name, "the name of the step"),
        .may("output", .payload, "the recorded output"),
        .must("attempt", .count, "the attempt that gave the output, or the one to execute"),
        .may("replayed", .boolean, "whether the output was recorded before the call came"),
        .may("idempotency_key", .text, "the key to hand to the outside world"),
        .may("delay_ms", .span, "how long to wait before the body may start"),
        .may(
            "traceparent", .name,
            "the attempt's own span, for what its body calls; none when nobody is told of traces"
        ),
    ]

    private static let runStep = Method(
        "run-step", .step, .lease,
        "Runs one step: returns its recorded result, executes it, sleeps, or tells the caller to execute it.",
        parameters: beginning + [
            .may("client", .boolean, "true: the caller executes the body"),
            .may("exec", .execution, "the daemon runs this program"),
            .may("http", .request, "the daemon sends this request"),
            .may("sleep_ms", .span, "the step is a sleep of so long"),
            .may("until_at", .instant, "the step is a sleep until this date"),
        ],
        result: begun,
        errors: [
            .stepFailed, .stepMismatch, .stepUnknown, .budgetExhausted, .rateLimited, .circuitOpen,
            .deadlineExceeded, .timeout, .notPermitted,
        ],
        example: Example(
            #"{"step":"fetch","client":true}"#,
            #"{"status":"execute","step":"fetch","attempt":1,"idempotency_key":"01JGXZ5W3N/fetch"}"#),
        waitsForCommit: true, mayWait: true)

    private static let stepBegin = Method(
        "step.begin", .step, .lease, "Records that a step begins; often sent as a notification.",
        parameters: beginning, result: begun,
        errors: [
            .stepFailed, .stepMismatch, .stepUnknown, .budgetExhausted, .rateLimited, .circuitOpen,
            .deadlineExceeded,
        ],
        example: Example(
            #"{"step":"fetch"}"#,
            #"{"status":"completed","step":"fetch","output":{"pages":3},"attempt":1,"replayed":true}"#),
        waitsForCommit: true, mayWait: true)

    private static let stepComplete = Method(
        "step.complete", .step, .lease, "Records the output of a step.",
        parameters: [
            aStep,
            .may("output", .payload, "what it returned"),
            anAttempt,
            .may("fingerprint", .opaque, "what the step's input looked like"),
            .may("usage", .usage, "what it consumed"),
            .may("metadata", .payload, "anything its author wants to note"),
            .may("started_at", .instant, "when the body started"),
        ],
        result: [aStep, .must("attempt", .count, "the attempt that was recorded")],
        errors: [.stepConflict, .stepMismatch, .stepFailed, .attemptSuperseded],
        example: Example(#"{"step":"fetch","output":{"pages":3}}"#, #"{"step":"fetch","attempt":1}"#),
        waitsForCommit: true, space: .records)

    private static let stepFail = Method(
        "step.fail", .step, .lease, "Records that an attempt failed and answers whether there is another.",
        parameters: [
            aStep,
            .may("error", .payload, "how it failed"),
            anAttempt,
            .may(
                "types", .strings(atMost: .errorTypes, areUnique: false),
                "the types of the error, the most specific first"),
            .may("retryable", .boolean, "whether another attempt may help", default: true),
            .may("retry_after_ms", .span, "the delay that the outside world asked for"),
            .may("retry", .retryPolicy, "the policy, when `step.begin` did not carry it"),
            .may("fingerprint", .opaque, "what the step's input looked like"),
            .may("usage", .usage, "what the attempt consumed although it failed"),
        ],
        result: [
            aStep,
            .must("retry", .boolean, "whether there is another attempt"),
            .may("delay_ms", .span, "how long to wait before it"),
            .must("attempt", .count, "the attempt to come, or the last one"),
            .may("next_attempt_at", .instant, "when the next attempt may begin"),
        ],
        errors: [.stepConflict, .stepUnknown, .attemptSuperseded],
        example: Example(
            #"{"step":"fetch","error":{"type":"IOError"},"types":["IOError"],"retry":{"max_attempts":3}}"#,
            #"{"step":"fetch","retry":true,"delay_ms":1000,"attempt":2,"next_attempt_at":1767225602000}"#),
        waitsForCommit: true, space: .records)

    private static let stepHeartbeat = Method(
        "step.heartbeat", .step, .lease, "Says that a long step is getting on.",
        parameters: [aStep, anAttempt, .may("details", .payload, "how far it is")],
        errors: [.attemptSuperseded],
        example: Example(#"{"step":"fetch","details":{"page":2}}"#, "{}"))
}

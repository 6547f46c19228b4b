import SidestepModel

/// The objects that several methods take.
extension ParameterType {
    /// When a failed attempt is tried again.
    static let retryPolicy = ParameterType.shared(
        "retry",
        .object([
            .may("max_attempts", .count, "attempts in all; 0 is without limit", default: 3),
            .may("initial_ms", .span, "the delay after the first failure", default: 1000),
            .may("factor", .numberIn(1...1000), "what each further delay is multiplied by", default: 2),
            .may("max_ms", .span, "the longest delay", default: 60_000),
            .may(
                "jitter", .numberIn(0...1), "the fraction of a delay that chance adds or takes off",
                default: "0.1"),
            .may("delays_ms", .array(.span, atMost: .delays), "the delays themselves; the last one repeats"),
            .may(
                "retry_on", .strings(atMost: .errorTypes, areUnique: false),
                "error types that are tried again, and no others"),
            .may(
                "fail_on", .strings(atMost: .errorTypes, areUnique: false),
                "error types that are never tried again"),
        ]))

    /// How long an attempt and a step may take.
    static let timeouts = ParameterType.shared(
        "timeouts",
        .object([
            .may("start_to_close_ms", .span, "the longest time of one attempt"),
            .may("schedule_to_close_ms", .span, "the longest time of all attempts and delays"),
            .may("heartbeat_ms", .span, "the longest time between two heartbeats"),
        ]))

    /// What a step consumed; integers of other names are kept and summed as well.
    static let usage = ParameterType.shared(
        "usage",
        .open(
            [
                .may("model", .name, "the model that was called"),
                .may("requests", .amount, "calls made"),
                .may("input_tokens", .amount, "tokens sent"),
                .may("output_tokens", .amount, "tokens received"),
                .may("cost_micros", .amount, "the price, in millionths of the currency"),
            ], others: .amount, atMost: .usages))

    /// The history of messages, as a change of the last one or whole.
    static let messages = ParameterType.shared(
        "messages",
        .object([
            .may("keep", .count, "how many messages of the current history stay; goes with `append`"),
            .may("append", .array(.payload, atMost: .messages), "the messages that follow them"),
            .may(
                "all", .array(.payload, atMost: .messages),
                "the whole history; the common beginning is found by the daemon"),
        ]))

    /// A number that is summed: a thousand million of them still fit 64 bits.
    static let amount = ParameterType.integer(0...9_000_000_000)

    static let policyOnClosed = ParameterType.enumeration(["return", "retry", "rerun", "fail"])
    static let policyOnDuplicate = ParameterType.enumeration(["return", "replace"])
    static let policyOnOwned = ParameterType.enumeration(["fail", "wait", "take_over", "kill"])
    static let runStatus = ParameterType.enumeration([
        "queued", "running", "waiting", "interrupted", "paused", "completed", "failed", "cancelled",
    ])
    static let stepStatus = ParameterType.enumeration([
        "running", "backoff", "waiting", "completed", "failed", "unknown",
    ])
    static let ownerKind = ParameterType.enumeration(["connection", "process", "ttl"])
}

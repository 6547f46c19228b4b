import SidestepModel

/// What the daemon can do for a step.
extension ParameterType {
    /// A program that the daemon runs.
    static let execution = ParameterType.shared(
        "exec",
        .object([
            .must(
                "argv", .array(.string(maxBytes: ExecutionLimits.argumentBytes), atMost: .arguments),
                "the program and its arguments; no shell reads them"),
            .may(
                "env",
                .open([], others: .string(maxBytes: ExecutionLimits.argumentBytes), atMost: .variables),
                "variables beside those of the daemon; {credential:NAME} stands for a secret of the daemon"),
            .may("cwd", .string(maxBytes: 4096), "the directory it runs in", default: "/"),
            .may(
                "stdin", .string(maxBytes: ExecutionLimits.stdinBytes), "what it reads", default: "nothing"),
            .may("timeout_ms", .span, "how long it may run"),
            .may(
                "max_output_bytes", .integer(0...Int64(ExecutionLimits.outputBytes)),
                "how much of each output is kept; of more, the end", default: 1_048_576),
            .may(
                "kill_grace_ms", .integer(0...ExecutionLimits.killGraceMilliseconds),
                "the time between SIGTERM and SIGKILL", default: 5000),
        ]))

    /// A request that the daemon sends.
    static let request = ParameterType.shared(
        "http",
        .object([
            .may("method", .string(maxBytes: 32), "the method", default: .text("GET")),
            .must("url", .string(maxBytes: ExecutionLimits.urlBytes), "http:// or https://"),
            .may(
                "headers",
                .open([], others: .string(maxBytes: ExecutionLimits.headerBytes), atMost: .headers),
                "headers; {credential:NAME} stands for a secret of the daemon"),
            .may("body", .payload, "the body, as JSON"),
            .may("body_text", .string(maxBytes: ExecutionLimits.bodyBytes), "the body, as text"),
            .may("body_file", .string(maxBytes: 4096), "the body, as a file that the daemon can read"),
            .may(
                "timeout_ms", .integer(0...ExecutionLimits.requestMilliseconds),
                "how long one attempt may take, an hour at most", default: 30_000),
            .may(
                "max_response_bytes", .integer(0...Int64(ExecutionLimits.responseBytes)),
                "the longest body that is taken", default: 1_048_576),
            .may(
                "response_headers", .strings(atMost: .headers), "the headers that are recorded",
                default: .texts("content-type")),
            .may(
                "redirects", .integer(0...ExecutionLimits.redirects),
                "how many redirects are followed at most",
                default: 0),
            .may(
                "accept", .array(.integer(100...599), atMost: .statuses),
                "statuses besides 200 to 299 that are no failure"),
            .may(
                "idempotency_key", .boolean, "whether the step's key is sent as Idempotency-Key",
                default: true),
        ]))
}

import SidestepModel

extension MethodTable {
    /// The methods about limits, breakers and budgets.
    static let limitMethods: [Method] = [
        Method(
            "limit.put", .limit, .open,
            "Says how many steps that name a limit may run at once, and begin in a span of time.",
            parameters: [
                aLimit, .may("concurrency", .integer(1...1_000_000_000), "steps at once"),
                .may("rate", .rate, "steps begun in a span of time"),
            ],
            result: [.must("limit", .limit, "the limit as it is now")],
            example: Example(
                #"{"limit":"openai","rate":{"count":60,"per_ms":60000}}"#,
                #"{"limit":{"limit":"openai","shared":true,"rate":{"count":60,"per_ms":60000},"running":0}}"#),
            waitsForCommit: true),
        Method(
            "limit.list", .limit, .open, "Lists the limits that steps of the caller may name.",
            result: [.must("limits", .array(.limit), "the limits")],
            example: Example(
                "{}", #"{"limits":[{"limit":"openai","shared":true,"concurrency":4,"running":1}]}"#)),
        Method(
            "limit.delete", .limit, .open, "Removes a limit.", parameters: [aLimit],
            result: [.must("deleted", .boolean, "whether there was one")],
            example: Example(#"{"limit":"openai"}"#, #"{"deleted":true}"#), waitsForCommit: true),
        Method(
            "breaker.put", .breaker, .open, "Says when a circuit breaker opens, and for how long.",
            parameters: [
                aBreaker,
                .may("failures", .integer(1...1_000_000), "failures in a row that open it", default: 5),
                .may("cooldown_ms", .span, "how long it stays open", default: 60_000),
            ],
            result: theBreaker, example: Example(#"{"breaker":"openai","failures":3}"#, breakerText),
            waitsForCommit: true),
        Method(
            "breaker.list", .breaker, .open, "Lists the circuit breakers that steps of the caller may name.",
            result: [.must("breakers", .array(.breaker), "the breakers")],
            example: Example("{}", #"{"breakers":[]}"#)),
        Method(
            "breaker.reset", .breaker, .open, "Closes a circuit breaker.", parameters: [aBreaker],
            result: theBreaker, errors: [.invalidArgument],
            example: Example(#"{"breaker":"openai"}"#, breakerText), waitsForCommit: true),
        Method(
            "budget.get", .budget, .visible, "Returns what a run may use up and what it has.",
            parameters: [aRun], result: [.must("budget", .budgetState, "the amounts by their names")],
            errors: [.runNotFound],
            example: Example(
                #"{"run":"research-1"}"#, #"{"budget":{"tokens":{"limit":100000,"used":1200,"reserved":0}}}"#)
        ),
        Method(
            "budget.set", .budget, .visible, "Changes what a run may use up; what is not named stays.",
            parameters: [aRun, .must("budget", .budget, "the amounts")],
            result: [.must("budget", .budgetState, "the amounts by their names")], errors: [.runNotFound],
            example: Example(
                #"{"run":"research-1","budget":{"tokens":200000}}"#,
                #"{"budget":{"tokens":{"limit":200000,"used":1200,"reserved":0}}}"#), waitsForCommit: true),
    ]

    private static let aLimit = Parameter.must("limit", .name, "the name of the limit")
    private static let aBreaker = Parameter.must("breaker", .name, "the name of the breaker")
    private static let theBreaker: [Parameter] = [.must("breaker", .breaker, "the breaker as it is now")]
    private static let breakerText =
        #"{"breaker":{"breaker":"openai","shared":true,"state":"closed","failures":0,"max_failures":3,"#
        + #""cooldown_ms":60000}}"#

    /// What a step may ask for before it begins.
    static let demanding: [Parameter] = [
        .may("limit", .name, "a limit that was put: the step begins when it has room"),
        .may("breaker", .name, "a circuit breaker: the step is refused while it is open"),
        .may("reserve", .reserve, "what the step sets aside of the run's budget"),
        .may(
            "wait_ms", .span, "how long this call waits for the end of a sleep, or for room in the limit",
            default: "as long as it takes"),
    ]
}

extension ParameterType {
    static let limit = ParameterType.shared(
        "limit",
        .object([
            .must("limit", .name, "the name of the limit"),
            .must("shared", .boolean, "whether it is everybody's: an administrator put it"),
            .may("user", .user, "whose it is, if not everybody's"),
            .may("concurrency", .count, "steps at once"),
            .may("rate", .rate, "steps begun in a span of time"),
            .must("running", .count, "steps that hold it"),
        ]))

    static let breaker = ParameterType.shared(
        "breaker",
        .object([
            .must("breaker", .name, "the name of the breaker"),
            .must("shared", .boolean, "whether it is everybody's: an administrator put it"),
            .may("user", .user, "whose it is, if not everybody's"),
            .must("state", .enumeration(["closed", "open", "half_open"]), "whether calls are let through"),
            .must("failures", .count, "failures in a row"),
            .must("max_failures", .count, "how many of them open it"),
            .must("cooldown_ms", .span, "how long it stays open"),
            .may("opened_at", .instant, "when it opened"),
        ]))

    /// How much of each a run and its children may use up.
    static let budget = ParameterType.shared(
        "budget",
        .object([
            .may("tokens", .total, "tokens sent and received"),
            .may("input_tokens", .total, "tokens sent"),
            .may("output_tokens", .total, "tokens received"),
            .may("cost_micros", .total, "the price, in millionths of the currency"),
            .may("calls", .total, "calls that are paid for"),
            .may("wall_ms", .span, "time with an owner; of the run alone, not of its children"),
        ]))

    static let reserve = ParameterType.shared(
        "reserve",
        .object([
            .may("tokens", .amount, "tokens sent and received", default: "the sum of the next two"),
            .may("input_tokens", .amount, "tokens sent"),
            .may("output_tokens", .amount, "tokens received"),
            .may("cost_micros", .amount, "the price, in millionths of the currency"),
            .may("calls", .amount, "calls that are paid for", default: 1),
        ]))

    static let budgetState = ParameterType.open(
        [],
        others: .object([
            .must("limit", .total, "how much there is"),
            .must("used", .total, "how much was used up"),
            .must("reserved", .total, "how much is set aside for running steps"),
        ]))

    /// A sum of amounts.
    static let total = ParameterType.integer(0...1_000_000_000_000_000_000)
}

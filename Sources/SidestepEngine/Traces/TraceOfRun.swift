import SidestepModel

extension CallContext {
    /// The run's own span, for what is to be below it; nil when no collector is told of it: then it would be a
    /// parent that nobody finds.
    func traceparent(of run: RunRecord) -> String? {
        environment.settings.isTracing ? run.trace.context.text : nil
    }

    /// The span of an attempt, for what its body calls; nil when no collector is told of it.
    func traceparent(of attempt: Int64, of step: String, in run: RunRecord) -> String? {
        environment.settings.isTracing ? run.trace.attempt(attempt, of: step).text : nil
    }
}

extension RunTerms {
    /// The span that a caller gave.
    func checkedTraceparent() throws -> String? {
        guard let text = traceparent else { return nil }
        guard let context = TraceContext(text) else {
            throw Failure(
                .invalidArgument, "`traceparent` is no trace context",
                hint:
                    "It is 00-, 32 digits, -, 16 digits, -, 2 digits of lower-case hexadecimal; or leave it out."
            )
        }
        return context.text
    }
}

import SidestepModel

extension CallContext {
    /// The run's own span, for what is to be below it; nil when neither a collector nor a caller knows of its trace.
    func traceparent(of run: RunRecord) -> String? {
        environment.settings.isTracing || run.traceparent != nil ? run.trace.context.text : nil
    }
}

extension RunTerms {
    /// The span that a caller gave.
    func checkedTraceparent() throws -> String? {
        guard let text = traceparent else { return nil }
        guard let context = TraceContext(text) else {
            throw Failure(
                .invalidArgument, "`traceparent` is no trace context",
                hint: "It is 00-, 32 digits, -, 16 digits, -, 2 digits of lower-case hexadecimal; or leave it out.")
        }
        return context.text
    }
}

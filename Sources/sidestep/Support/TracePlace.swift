import SidestepModel

/// Where a command stands in a trace, as programs tell each other: the variable TRACEPARENT has what HTTP has as the
/// header `traceparent`, <https://opentelemetry.io/docs/specs/otel/context/env-carriers/>.
enum TracePlace {
    static let variable = "TRACEPARENT"

    /// What whoever called us said; nil for nothing, and for what is no place in a trace.
    static var given: String? { Context.value(variable).flatMap(TraceContext.init)?.text }
}

import Sidestep
import Tracing

/// Makes a span of each thing that a client does, for swift-distributed-tracing.
///
/// The context of whoever makes a run is kept with the run's metadata, as the tracer writes it (`traceparent`): a
/// worker, or a process that goes on with the run after a crash, continues the trace.
public struct TracingObserver: Observer {
    private let tracer: any Tracer

    /// - Parameter tracer: makes the spans; the one of the process unless said otherwise.
    public init(tracer: any Tracer = InstrumentationSystem.tracer) { self.tracer = tracer }

    /// What of the current context is kept with a run.
    public var headers: [String: String] {
        guard let context = ServiceContext.current else { return [:] }
        var headers: [String: String] = [:]
        tracer.inject(context, into: &headers, using: Headers())
        return headers
    }

    /// Executes `body` in a span.
    public func surround<Value>(_ activity: Activity, _ body: () async throws -> Value) async throws -> Value
    {
        try await Self.surround(activity, with: tracer, body)
    }

    private static func surround<Value>(
        _ activity: Activity, with tracer: some Tracer, _ body: () async throws -> Value
    ) async throws -> Value {
        let current = ServiceContext.current ?? .topLevel
        var context = ServiceContext.topLevel
        if !activity.headers.isEmpty { tracer.extract(activity.headers, into: &context, using: Headers()) }
        let isContinued = !context.isEmpty
        let span = tracer.startSpan(
            "\(activity.kind.rawValue) \(activity.family)", context: isContinued ? context : current,
            ofKind: activity.kind == .call ? .client : .internal)
        defer { span.end() }
        if isContinued, !current.isEmpty { span.addLink(SpanLink(context: current, attributes: [:])) }
        describe(activity, span)
        do {
            return try await ServiceContext.withValue(span.context) { try await body() }
        } catch {
            note(error, span)
            throw error
        }
    }

    private static func describe(_ activity: Activity, _ span: some Span) {
        span.updateAttributes { attributes in
            attributes["sidestep.\(activity.kind.rawValue)"] = activity.name
            if let run = activity.run { attributes["sidestep.run"] = run }
        }
    }

    /// A run that was let go to wait has not failed, nor has what was cancelled.
    private static func note(_ error: any Error, _ span: some Span) {
        switch error {
        case is CancellationError: span.attributes["sidestep.outcome"] = "cancelled"
        case is RunSuspended: span.attributes["sidestep.outcome"] = "suspended"
        default:
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error))
        }
    }

    private struct Headers: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into headers: inout [String: String]) {
            headers[key] = value
        }

        func extract(key: String, from headers: [String: String]) -> String? { headers[key] }
    }
}

extension SidestepClient.Configuration {
    /// Makes a span of each thing that the client does, and keeps the context with the runs that it makes.
    ///
    /// - Parameter tracer: makes the spans; the one of the process unless said otherwise.
    public mutating func trace(with tracer: any Tracer = InstrumentationSystem.tracer) {
        observers.append(TracingObserver(tracer: tracer))
    }
}

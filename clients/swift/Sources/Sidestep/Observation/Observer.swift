/// Something that is told what a client does, to measure it or to trace it.
///
/// The products `SidestepMetrics` and `SidestepTracing` have one each, for swift-metrics and swift-distributed-tracing.
public protocol Observer: Sendable {
    /// Executes `body`, which is what the client does now, in whatever belongs around it: a clock, a span.
    ///
    /// Whatever `body` returns or throws is to be returned or thrown.
    func surround<Value>(_ activity: Activity, _ body: () async throws -> Value) async throws -> Value

    /// What is kept with a run that is made here, as members of its metadata, for whoever executes it: `traceparent`.
    var headers: [String: String] { get }
}

extension Observer {
    /// Nothing.
    public var headers: [String: String] { [:] }
}

/// Something that a client does, from its beginning to its end.
public struct Activity: Sendable {
    /// What is done.
    public enum Kind: String, Sendable, CaseIterable {
        /// A workflow is executed by this process, from its beginning or again after a crash.
        case workflow
        /// The body of a step is executed; what has a record is not.
        case step
        /// A signal, a promise, another run or a time is waited for; what has come is not.
        case wait
        /// The daemon is asked something.
        case call
    }

    /// What is done.
    public let kind: Kind
    /// The workflow, the step or the wait in the journal, or the method.
    public let name: String
    /// The run concerned.
    public var run: String?
    /// What its spans are below: `traceparent` of the run or of the step's attempt, where the daemon tells of traces;
    /// of a workflow else what was kept with the run when it was made, if somebody else made it.
    public var headers: [String: String] = [:]

    /// The name without what tells it from others of its kind: `fetch` for `outer/fetch:https:%2F%2Fa.example#2`.
    public var family: String {
        guard kind == .step || kind == .wait else { return name }
        let last = name.split(separator: "/").last ?? Substring(name)
        return String(last.prefix { $0 != ":" && $0 != "#" })
    }
}

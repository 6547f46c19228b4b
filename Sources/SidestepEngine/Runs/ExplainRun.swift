import SidestepModel
import SidestepStore

/// Why a run is where it is, and what to do about it.
public struct ExplainRun: Query {
    public let run: String

    public init(run: String) { self.run = run }

    public struct Result: Sendable {
        public var view: RunView
        /// What is the case, in order of importance.
        public var sentences: [String]
        /// What happens next.
        public var next: String
        /// The command that changes it.
        public var command: String?
        public var unknownSteps: [String]
        public var runningSteps: [String]
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let run = try store.visibleRun(run, call)
        let open = try store.openSteps(run: run.key)
        let explanation = Explanation(
            run: run, open: open, now: call.now,
            queue: try store.queue(user: run.userID, name: run.placement.queue),
            workers: call.environment.workers.count(serving: run),
            compensations: try store.compensations(run: run.key))
        return Result(
            view: try RunView(run, store), sentences: explanation.sentences,
            next: explanation.next, command: explanation.command,
            unknownSteps: open.filter { $0.status == .unknown }.map(\.name),
            runningSteps: open.filter { $0.status == .running }.map(\.name))
    }
}

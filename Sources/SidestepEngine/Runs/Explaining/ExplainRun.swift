import SidestepModel
import SidestepStore

/// Why a run is where it is, and what to do about it.
public struct ExplainRun: Query {
    public let run: String

    public init(run: String) { self.run = run }

    public struct Result: Sendable {
        public var view: RunView
        /// What is the case, in order of importance: for programs, and for people.
        public var reasons: [RunReason]
        public var sentences: [String]
        /// What happens next.
        public var next: String
        /// The command line that changes it.
        public var command: String?
        public var unknownSteps: [String]
        public var runningSteps: [String]
        /// What somebody did to the run last.
        public var lastAct: LastAct?
    }

    /// An entry of the journal that says who did something.
    public struct LastAct: Sendable {
        public var kind: String
        public var at: Instant
        public var user: Int64
        public var process: Int64
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let run = try store.visibleRun(run, call)
        let facts = try store.facts(of: run, call)
        let explanation = Explanation(facts)
        return Result(
            view: try RunView(run, store), reasons: explanation.reasons, sentences: explanation.sentences,
            next: explanation.next, command: explanation.command,
            unknownSteps: facts.open.filter { $0.status == .unknown }.map(\.name),
            runningSteps: facts.open.filter { $0.status == .running }.map(\.name), lastAct: facts.lastAct)
    }
}

extension RunFacts {
    fileprivate var lastAct: ExplainRun.LastAct? {
        let acts = entries.values.filter { Actor($0) != nil }
        guard let last = acts.max(by: { $0.sequence < $1.sequence }), let actor = Actor(last) else {
            return nil
        }
        return ExplainRun.LastAct(kind: last.kind, at: last.at, user: actor.user, process: actor.process)
    }
}

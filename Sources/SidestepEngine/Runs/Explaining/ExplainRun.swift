import SidestepModel
import SidestepStore

/// Why a run is where it is, and what to do about it.
public struct ExplainRun: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String

    /// A call of `run.explain`.
    public init(run: String) { self.run = run }

    /// What is known of the run now, in words for people and names for programs.
    public struct Result: Sendable {
        /// The run as every method shows it.
        public var view: RunView
        /// What is the case, in order of importance: for programs, and for people.
        public var reasons: [RunReason]
        /// The same as whole sentences: where the run stands and who owns it first, then one for each finding.
        public var sentences: [String]
        /// What happens next.
        public var next: String
        /// The command line that changes it.
        public var command: String?
        /// Names of steps that need somebody to look: `step.resolve`.
        public var unknownSteps: [String]
        /// Names of steps whose bodies run, or that the daemon executes.
        public var runningSteps: [String]
        /// What somebody did to the run last.
        public var lastAct: LastAct?
        /// How the last start that has ended came to its end, such as `exit:1` or `reboot`; nil where none has.
        public var lastEnd: String?
        /// Its place in its queue, from 1; nil where it is in none.
        public var place: Int64?
    }

    /// An entry of the journal that says who did something.
    public struct LastAct: Sendable {
        /// The entry's kind, such as `run.paused`.
        public var kind: String
        /// When the entry was written.
        public var at: Instant
        /// The uid of who did it.
        public var user: Int64
        /// The pid of who did it; 0 where the entry does not tell.
        public var process: Int64
    }

    /// Looks at the run, its queue, owner, limits and the live tables of the daemon; writes nothing.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let run = try store.visibleRun(run, call)
        let facts = try store.facts(of: run, call)
        let explanation = Explanation(facts)
        return Result(
            view: try RunView(run, store), reasons: explanation.reasons, sentences: explanation.sentences,
            next: explanation.next, command: explanation.command,
            unknownSteps: facts.open.filter { $0.status == .unknown }.map(\.name),
            runningSteps: facts.open.filter { $0.status == .running }.map(\.name), lastAct: facts.lastAct,
            lastEnd: facts.lastEnd,
            place: run.status == .queued || run.status == .interrupted ? Int64(facts.queue.before) + 1 : nil)
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

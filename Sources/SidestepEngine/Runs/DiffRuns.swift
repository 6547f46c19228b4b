import SidestepModel
import SidestepStore

/// Compares the steps of two runs: two forks of one, or two attempts at one thing.
public struct DiffRuns: Query {
    /// The id of the run on the left; the newest generation of each is compared.
    public let run: String
    /// The id of the run that it is compared with.
    public let other: String
    /// Differences at most; there are no pages, `hasMore` says that some are left out.
    public var limit = 1000
    /// About how many bytes the outcomes of all differences have at most; one is always there.
    public var maxBytes = 8 << 20

    /// A call of `run.diff`.
    public init(run: String, other: String) {
        self.run = run
        self.other = other
    }

    /// A step that is not the same in both.
    public struct Difference: Sendable {
        /// The name that both runs are asked for: steps are compared by name, not by place.
        public var step: String
        /// Nil where the run has no such step.
        public var run: StepOutcome?
        /// Nil where the other run has no such step.
        public var other: StepOutcome?
    }

    /// What the two runs have in common, and where they part.
    public struct Result: Sendable {
        /// The run on the left, as every method shows it.
        public var run: RunView
        /// The run on the right.
        public var other: RunView
        /// Whether the inputs are the same value, white space and the order of members aside.
        public var isSameInput: Bool
        /// The same of the outputs; two runs without one have the same.
        public var isSameOutput: Bool
        /// Steps that are the same, and those of them that are one record.
        public var same = 0
        /// Of `same`, those that a fork reads from its source: one record for both.
        public var shared = 0
        /// In the order in which they happened, the first difference first.
        public var differences: [Difference] = []
        /// Whether there are more than the limit allowed.
        public var hasMore = false
    }

    /// Compares by walking the journal of both; `run_not_found` for either.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let (left, right) = (try store.visibleRun(run, call), try store.visibleRun(other, call))
        let (ours, theirs) = (
            try store.runPayloads(key: left.key), try store.runPayloads(key: right.key)
        )
        var result = Result(
            run: try RunView(left, store), other: try RunView(right, store),
            isSameInput: isSame(ours.input, theirs.input), isSameOutput: isSame(ours.output, theirs.output))
        var found: [(place: Int, difference: Difference)] = []
        try walk(left, store) { place, mine in
            let other = try store.stepOutcome(of: right, name: mine.step.name)
            switch other {
            case let other? where other.step.key == mine.step.key: result.shared += 1
            case let other? where isSameOutcome(mine, other): result.same += 1
            default:
                found.append((place, Difference(step: mine.step.name, run: mine, other: other)))
            }
            return found.count <= limit
        }
        try walk(right, store) { place, theirs in
            if try store.step(of: left, name: theirs.step.name) == nil {
                found.append((place, Difference(step: theirs.step.name, run: nil, other: theirs)))
            }
            return found.count <= limit * 2
        }
        result.same += result.shared
        found.sort { $0.place < $1.place }
        return limited(found.map(\.difference), result)
    }

    /// Visits the steps of a run in the order of the journal, until `visit` says no.
    private func walk(
        _ run: RunRecord, _ store: any StoreReader, _ visit: (Int, StepOutcome) throws -> Bool
    ) throws {
        var place = 0
        var cursor: Int64?
        while true {
            let page = try store.steps(of: run, after: cursor, status: nil, limit: 1000, maxBytes: maxBytes)
            for outcome in page.items {
                guard try visit(place, outcome) else { return }
                place += 1
            }
            guard page.hasMore, let last = page.items.last else { return }
            cursor = last.step.sequence
        }
    }

    private func isSameOutcome(_ left: StepOutcome, _ right: StepOutcome) -> Bool {
        left.step.status == right.step.status && isSame(left.output, right.output)
            && isSame(left.error, right.error)
    }

    /// As many differences as fit; one at least.
    private func limited(_ differences: [Difference], _ result: Result) -> Result {
        var result = result
        var bytes = 0
        for difference in differences {
            if result.differences.count == limit || bytes >= maxBytes {
                result.hasMore = true
                break
            }
            bytes += (difference.run?.bytes ?? 0) + (difference.other?.bytes ?? 0)
            result.differences.append(difference)
        }
        return result
    }
}

import SidestepModel
import SidestepStore

/// What a run did in a stretch of time, as much of it as a drawing of some width shows.
///
/// The cost grows with the width, not with the run: of steps that share a column only some are read.
public struct RunTimeline: Query {
    /// Entries of the journal that are looked at, and finished steps; behind them the answer says that it is partial.
    static let entryLimit = 20_000
    static let stepLimit = 50_000
    /// Steps that are read in one column before the rest of it is skipped.
    static let stepsPerColumn = 8

    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String
    /// Where the drawing begins; nil where the run does.
    public let from: Instant?
    /// Where it ends; nil where the run does, or now.
    public let until: Instant?
    /// How many columns the drawing has.
    public let columns: Int

    /// A call of `run.timeline`.
    public init(run: String, from: Instant?, until: Instant?, columns: Int) {
        self.run = run
        self.from = from
        self.until = until
        self.columns = columns
    }

    /// What is drawn.
    public struct Result: Sendable {
        /// The stretch of time.
        public var scale: TimelineScale
        /// Who had the run, the oldest first.
        public var lives: [TimelineLife]
        /// What steps did.
        public var spans: [TimelineSpan]
        /// What else happened.
        public var marks: [TimelineMark]
        /// Whether there is more than was looked at; a shorter stretch shows more.
        public var isPartial: Bool
    }

    /// Reads one snapshot; of a fork what it did itself.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let run = try store.visibleRun(run, call)
        let scale = TimelineScale(
            from: from ?? run.created, until: until ?? run.closed ?? call.now, columns: columns)
        let entries = try entries(of: run.key, scale, store)
        var spans = TimelineSpans(scale)
        let waits = Set(
            entries.items.lazy.filter { $0.kind == JournalKind.stepWaiting.rawValue }.compactMap(\.step))
        let isCut = try addFinished(of: run.key, waits, scale, &spans, store)
        for step in try store.openSteps(run: run.key) { spans.add(TimelineSpan(open: step)) }
        return Result(
            scale: scale,
            lives: [TimelineLife](entries.items).filter {
                $0.from <= scale.until && ($0.until ?? scale.until) >= scale.from
            },
            spans: spans.spans, marks: [TimelineMark](entries.items, scale),
            isPartial: entries.hasMore || isCut || spans.isPartial)
    }

    /// The journal's own entries until the end of the drawing, the last ones, in their order.
    private func entries(
        of run: Int64, _ scale: TimelineScale, _ store: any StoreReader
    ) throws(Failure) -> Page<JournalEntry> {
        let journal = Seeking<(sequence: Int64, at: Instant)>(sequence: { $0.sequence }, moment: { $0.at }) {
            (sequence: Int64) throws(Failure) in try store.journalMoment(run: run, from: sequence)
        }
        var stride: Int64 = 1024
        let behind = scale.until.advanced(byMilliseconds: 1)
        let end = until == nil ? nil : try journal.first(at: behind, behind: 0, stride: &stride)
        var page = try store.entries(run: run, before: end?.sequence ?? .max, limit: Self.entryLimit)
        page.items.reverse()
        return page
    }

    /// Adds the finished steps in their order; true when there are more than were looked at.
    private func addFinished(
        of run: Int64, _ waits: Set<String>, _ scale: TimelineScale, _ spans: inout TimelineSpans,
        _ store: any StoreReader
    ) throws(Failure) -> Bool {
        let steps = Seeking<StepSpan>(sequence: { $0.sequence }, moment: { $0.placed }) {
            (sequence: Int64) throws(Failure) in try store.stepSpan(run: run, from: sequence)
        }
        var stride: Int64 = 1024
        var next = try steps.first(at: scale.from, behind: 0, stride: &stride)
        var column = (number: -1, count: 0)
        for _ in 0..<Self.stepLimit {
            guard let step = next, step.placed <= scale.until || step.firstBegun <= scale.until else {
                return false
            }
            spans.add(step, waits: waits.contains(step.name))
            let number = scale.column(of: step.placed)
            column = number == column.number ? (number, column.count + 1) : (number, 1)
            next = try steps.row(step.sequence + 1)
            let end = scale.end(of: number)
            guard column.count >= Self.stepsPerColumn, let skipped = next, skipped.placed < end else {
                continue
            }
            spans.skip()
            next = try steps.first(at: end, behind: skipped.sequence, stride: &stride)
        }
        return next != nil
    }
}

extension TimelineSpan {
    /// What a step without an outcome is doing.
    fileprivate init(open step: StepRecord) {
        let kind: Kind =
            switch step.status {
            case .backoff: .backoff
            case .waiting: .waiting
            case .unknown: .unknown
            case .running, .completed, .failed: .running
            }
        self.init(kind, from: step.begun, until: nil, step: step.name)
    }
}

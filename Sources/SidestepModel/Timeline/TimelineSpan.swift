/// What a step did for a time, or several of them in one place of a drawing.
public struct TimelineSpan: Sendable, Equatable {
    /// What was done in it.
    public enum Kind: String, Sendable, CaseIterable {
        case executed
        case failed
        /// Attempts that failed, and the time until the next one.
        case backoff
        case waiting
        case running
        case unknown
    }

    /// What was done.
    public var kind: Kind
    /// When it began.
    public var from: Instant
    /// When it ended; nil while it goes on.
    public var until: Instant?
    /// How many there are in it; nil when it stands for more than were looked at.
    public var count: Int?
    /// The step, where it is one.
    public var step: String?

    /// What one step did.
    public init(_ kind: Kind, from: Instant, until: Instant?, step: String) {
        self.kind = kind
        self.from = from
        self.until = until
        count = 1
        self.step = step
    }
}

/// A finished step as a drawing needs it.
public struct StepSpan: Sendable, Equatable {
    /// Its place in the journal.
    public var sequence: Int64
    /// The step's name.
    public var name: String
    /// `completed` or `failed`.
    public var status: StepStatus
    /// When its first attempt began.
    public var firstBegun: Instant
    /// When its last attempt began.
    public var begun: Instant
    /// When it got its outcome.
    public var finished: Instant

    /// A row of the store.
    public init(
        sequence: Int64, name: String, status: StepStatus, firstBegun: Instant, begun: Instant,
        finished: Instant
    ) {
        self.sequence = sequence
        self.name = name
        self.status = status
        self.firstBegun = firstBegun
        self.begun = begun
        self.finished = finished
    }

    /// The moment that its place in the journal tells: a completed step is numbered when it completes, others when
    /// they begin.
    public var placed: Instant { status == .completed ? finished : firstBegun }
}

/// Puts what is too narrow to be seen by itself together.
public struct TimelineSpans: Sendable {
    /// How many spans a drawing has at most.
    public static let limit = 2000

    private let scale: TimelineScale
    /// What there is, in the order in which it was added.
    public private(set) var spans: [TimelineSpan] = []
    /// Whether some were left out.
    public private(set) var isPartial = false
    /// Where the last narrow span of each kind is.
    private var narrow: [TimelineSpan.Kind: Int] = [:]

    /// An empty drawing.
    public init(_ scale: TimelineScale) { self.scale = scale }

    /// Adds a finished step; `waits` tells that it was a wait.
    public mutating func add(_ step: StepSpan, waits: Bool) {
        if step.firstBegun < step.begun, !waits {
            add(TimelineSpan(.backoff, from: step.firstBegun, until: step.begun, step: step.name))
        }
        let kind: TimelineSpan.Kind = step.status == .failed ? .failed : waits ? .waiting : .executed
        add(TimelineSpan(kind, from: step.begun, until: step.finished, step: step.name))
    }

    /// Adds a span, to the narrow one of its kind where that is beside it.
    public mutating func add(_ span: TimelineSpan) {
        let end = span.until ?? scale.until
        guard end >= scale.from, span.from <= scale.until else { return }
        guard scale.column(of: span.from) == scale.column(of: end) else {
            append(span)
            return
        }
        if let index = narrow[span.kind], isBeside(spans[index], span) { return join(index, span, end) }
        if append(span) { narrow[span.kind] = spans.count - 1 }
    }

    /// Says of the narrow spans that there is more in them than was added.
    public mutating func skip(_ kind: TimelineSpan.Kind = .executed) {
        guard let index = narrow[kind] else { return }
        spans[index].count = nil
        spans[index].step = nil
    }

    @discardableResult
    private mutating func append(_ span: TimelineSpan) -> Bool {
        guard spans.count < Self.limit else {
            isPartial = true
            return false
        }
        spans.append(span)
        return true
    }

    private mutating func join(_ index: Int, _ span: TimelineSpan, _ end: Instant) {
        spans[index].from = min(spans[index].from, span.from)
        let goesOn = spans[index].until == nil || span.until == nil
        spans[index].until = goesOn ? nil : max(spans[index].until ?? end, end)
        spans[index].count? += 1
        spans[index].step = nil
    }

    private func isBeside(_ drawn: TimelineSpan, _ span: TimelineSpan) -> Bool {
        let last = scale.column(of: drawn.until ?? scale.until)
        return abs(scale.column(of: span.from) - last) <= 1
    }
}

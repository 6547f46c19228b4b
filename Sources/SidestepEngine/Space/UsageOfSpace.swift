import SidestepModel

/// What users have, and what it takes: an answer of `system.usage` out of what was counted.
public struct UsageOfSpace: Sendable {
    /// When counting began.
    public let at: Instant
    /// How long it took, in milliseconds.
    public let tookMilliseconds: Int64
    /// What takes most first, as many as were asked for.
    public let lines: [SpaceLine]
    /// All that match together, those that are left out among them.
    public let all: SpaceLine
    /// How many lines were left out.
    public let more: Int

    /// Whose lines are wanted, and how many.
    public struct Filter: Sendable {
        /// Only what this user has; nil is what all have whom the caller may see.
        public var user: UserID?
        /// Only runs of this workflow.
        public var workflow: String?
        /// Lines at most.
        public var limit = 100

        /// Everything, a hundred lines of it.
        public init() {}

        /// Throws `not_permitted` where another user is asked for, before anything is counted.
        public func check(_ call: CallContext) throws(Failure) { _ = try call.seen(user) }
    }

    /// Picks what the caller may see; `not_permitted` for what another user has.
    public init(_ figures: SpaceFigures, _ filter: Filter, for call: CallContext) throws(Failure) {
        let user = try call.seen(filter.user)
        let found = figures.lines.filter { line in
            (user == nil || line.user == user) && (filter.workflow == nil || line.workflow == filter.workflow)
        }
        (at, tookMilliseconds) = (figures.at, figures.tookMilliseconds)
        lines = Array(found.sorted(by: Self.comesFirst).prefix(filter.limit))
        all = found.reduce(into: SpaceLine(user: user ?? 0, workflow: nil)) { $0.add($1) }
        more = found.count - lines.count
    }

    private static func comesFirst(_ left: SpaceLine, _ right: SpaceLine) -> Bool {
        if left.bytes != right.bytes { return left.bytes > right.bytes }
        let (a, b) = (left.openRuns + left.closedRuns, right.openRuns + right.closedRuns)
        if a != b { return a > b }
        return (left.user, left.workflow ?? "") < (right.user, right.workflow ?? "")
    }
}

/// Whether a user may have one more run: rules over what he keeps.
///
/// It is about new runs alone; those that exist go on, whatever they write. A run whose parent is open is a part
/// of what goes on already: it is let in up to twice as much, so that a tree of runs which has begun can end.
public struct QuotaRule: Sendable {
    private let limits: Limits

    /// The rule under the limits that hold now.
    public init(_ limits: Limits) { self.limits = limits }

    /// Whether anything is to be looked at.
    public var isSet: Bool { limits.userRuns > 0 || limits.userStoredBytes > 0 }
    /// Whether bytes are to be counted.
    public var needsBytes: Bool { limits.userStoredBytes > 0 }

    /// What was met.
    public struct Refusal: Error, Sendable, Equatable {
        /// The name of the limit: `data.limit` of the error.
        public var limit: String
        /// How much a user may have.
        public var maximum: Int
        /// How much this one has.
        public var found: Int64
        /// What is counted, for people.
        public var what: String
    }

    /// Looks at what a user has.
    ///
    /// - Parameter bytes: what his payloads took when they were counted last; nil before they were.
    /// - Returns: nil where there may be one more run.
    public func refusal(runs: Int64, bytes: Int64?, isChild: Bool) -> Refusal? {
        if Self.isFull(runs, limits.userRuns, isChild) {
            return Refusal(limit: "user_runs", maximum: limits.userRuns, found: runs, what: "runs")
        }
        if let bytes, Self.isFull(bytes, limits.userStoredBytes, isChild) {
            return Refusal(
                limit: "user_stored_bytes", maximum: limits.userStoredBytes, found: bytes,
                what: "bytes stored")
        }
        return nil
    }

    private static func isFull(_ found: Int64, _ limit: Int, _ isChild: Bool) -> Bool {
        limit > 0 && found >= Int64(limit) * (isChild ? 2 : 1)
    }
}

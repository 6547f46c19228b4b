/// Tries of calls that may have been paid for and have no result, and which of these calls were sent again.
///
/// A try is lost when the process that sent it died before its end was written down (`in_doubt`), or when it failed or
/// was given up although the provider had reported what it used. A call that is sent under the exact key of a lost try
/// takes it: that one is paid twice. A call that differs, and an answer that is drawn again, are none of these.
public struct LostTries: Sendable {
    /// Calls that were paid twice, and what that cost.
    public struct Sum: Sendable, Equatable {
        /// Lost tries whose call was sent again.
        public var calls = 0
        /// What these tries used.
        public var tokens: Int64 = 0
        /// Whether nobody has reported it for some of them: they count as much as the answer that took their place.
        public var isEstimated = false

        /// None.
        public init() {}
    }

    /// By exact key, what each try used; nil where nobody knows.
    private var tries: [String: [Int64?]] = [:]
    /// Calls under way that took a try of which nobody knows what it used.
    private var unknown: [Int64: Int] = [:]
    /// Those that were sent again.
    public private(set) var sum = Sum()

    /// No try is lost.
    public init() {}

    /// A try is lost.
    ///
    /// - Parameter tokens: what the provider reported; nil when it reported nothing.
    public mutating func add(_ key: String, tokens: Int64?) { tries[key, default: []].append(tokens) }

    /// A call is sent: again, if a try of it was lost.
    public mutating func sent(_ key: String, as recording: Int64) {
        guard let lost = tries.removeValue(forKey: key) else { return }
        sum.calls += lost.count
        sum.tokens = lost.reduce(sum.tokens) { $0 &+ ($1 ?? 0) }
        let unknown = lost.count { $0 == nil }
        if unknown > 0 { self.unknown[recording] = unknown }
        sum.isEstimated = sum.isEstimated || unknown > 0
    }

    /// It has an answer, which tells about how much the tries before it used.
    public mutating func completed(_ recording: Int64, tokens: Int64) {
        guard let count = unknown.removeValue(forKey: recording) else { return }
        sum.tokens &+= tokens &* Int64(count)
    }
}
